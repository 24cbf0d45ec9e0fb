import HeartRate
import TestKit
import Testing
import Timing

@testable import Outbox

/// A machine without a clock battery: its wall clock starts in 1970, or wherever it was stopped.
@Suite(.timeLimit(.minutes(10)))
struct OutboxClockTests {
    /// Half a minute after boot, with a clock that is wrong.
    static let early: Int64 = 86_400_000
    /// 2026-03-01T12:00:00Z
    static let right: Int64 = 1_772_366_400_000

    let fixture = OutboxFixture(
        time: ManualTime(wallMilliseconds: early, bootMilliseconds: 30_000, isTrusted: false))

    /// Runs the outbox for as long as `body` runs.
    private func whileRunning(_ outbox: Outbox, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await outbox.run() }
            try await body()
            group.cancelAll()
        }
    }

    /// The watch and the pruning both sleep.
    private func pass(seconds: Int64) async {
        await fixture.clock.untilSleeping(2)
        fixture.time.advance(milliseconds: seconds * 1000)
        fixture.clock.advance(by: .seconds(seconds))
    }

    private func times(_ outbox: Outbox, after id: Int64 = 0) async throws -> [Int64] {
        try await outbox.entries(of: pulsoid, after: id, limit: 100).entries.map(\.reading.measuredAtMilliseconds)
    }

    @Test func clockWrong_lanesGetNothing() async throws {
        let outbox = try fixture.open()
        try await outbox.append(fixture.reading(60))
        let now = try await outbox.entries(of: pulsoid, after: 0, limit: 1, waits: false)
        #expect(now.entries.isEmpty)
    }

    @Test func clockWrong_theRestOfTheWaitIsKnown_untilTheClockIsSet() async throws {
        let outbox = try fixture.open(options: OutboxOptions(clockWait: .seconds(60)))
        #expect(await outbox.clockWait == .seconds(60))
        fixture.time.advance(milliseconds: 18_000)
        #expect(await outbox.clockWait == .seconds(42))
        fixture.time.advance(milliseconds: 99_000)
        #expect(await outbox.clockWait == .zero)
        try await whileRunning(outbox) {
            try await outbox.append(fixture.reading(60))
            async let times = times(outbox)
            await fixture.clock.untilSleeping(2)
            fixture.time.setWall(milliseconds: Self.right)
            await pass(seconds: 1)
            #expect(try await times.count == 1)
            #expect(await outbox.clockWait == nil)
        }
    }

    @Test func clockRight_nothingIsWaitedFor() async throws {
        let outbox = try fixture.open(options: OutboxOptions(clockWait: .zero))
        #expect(await outbox.clockWait == nil)
    }

    @Test func clockSet_readingsOfThisBootGetTheTimeAtWhichTheyHappened() async throws {
        let outbox = try fixture.open()
        try await whileRunning(outbox) {
            try await outbox.append(fixture.reading(60))
            await pass(seconds: 1)
            try await outbox.append(fixture.reading(61))
            async let times = times(outbox)
            await fixture.clock.untilSleeping(2)
            fixture.time.setWall(milliseconds: Self.right)
            await pass(seconds: 1)
            #expect(try await times == [Self.right - 1000, Self.right])
            try await outbox.append(fixture.reading(62))
            #expect(try await self.times(outbox, after: 2) == [Self.right + 1000])
        }
    }

    @Test func clockSetWhileAReadingIsOnItsWay_theReadingIsSetRightToo() async throws {
        let outbox = try fixture.open()
        try await whileRunning(outbox) {
            let onItsWay = fixture.reading(60)
            await fixture.clock.untilSleeping(2)
            fixture.time.setWall(milliseconds: Self.right)
            await pass(seconds: 1)
            async let times = times(outbox)
            await fixture.clock.untilSleeping(1)
            try await outbox.append(onItsWay)
            #expect(try await times == [Self.right])
        }
    }

    /// The reading was stamped, and then the clock was set.
    @Test func clockSetInTheMillisecondOfAReading_theReadingIsSetRightToo() async throws {
        let outbox = try fixture.open()
        try await whileRunning(outbox) {
            let inThatMillisecond = fixture.reading(60)
            await fixture.clock.untilSleeping(2)
            fixture.time.setWall(milliseconds: Self.right)
            fixture.clock.advance(by: .seconds(1))
            while await outbox.trust.bootedAtMilliseconds == nil { await Task.yield() }
            try await outbox.append(inThatMillisecond)
            #expect(try await times(outbox) == [Self.right])
        }
    }

    @Test func clockNeverSet_uploadsGoOnAfterTheWait_withTheTimeAsItIs() async throws {
        let outbox = try fixture.open()
        try await whileRunning(outbox) {
            try await outbox.append(fixture.reading(60))
            async let times = times(outbox)
            for _ in 1...60 { await pass(seconds: 1) }
            #expect(try await times == [Self.early])
        }
    }

    @Test func clockSetAfterTheWait_whatIsKeptIsSetRight() async throws {
        let outbox = try fixture.open(lanes: [pulsoid, cardiogram])
        try await whileRunning(outbox) {
            try await outbox.append(fixture.reading(60))
            for _ in 1...60 { await pass(seconds: 1) }
            #expect(try await times(outbox) == [Self.early])
            await fixture.clock.untilSleeping(2)
            fixture.time.setWall(milliseconds: Self.right)
            await fixture.clock.waitOut(Outbox.lateClockCheckInterval)
            await fixture.clock.untilSleeping(1)
            try await outbox.append(fixture.reading(61))
        }
        try await outbox.close()
        let reopened = try fixture.open(lanes: [pulsoid, cardiogram])
        let kept = try await reopened.entries(of: cardiogram, after: 0, limit: 9).entries
        #expect(kept.map(\.reading.measuredAtMilliseconds) == [Self.right - 60_000, Self.right])
    }

    /// Its readings go out at once; waiting readings and the history are corrected.
    @Test(arguments: [-40_000, 7_200_000] as [Int64])
    func clockOfABattery_thatIsOff_isSetRightOnceTheNetworkTellsTheTime(shift: Int64) async throws {
        let time = ManualTime(wallMilliseconds: Self.right, isSynchronised: false)
        let fixture = OutboxFixture(time: time)
        let outbox = try fixture.open(lanes: [pulsoid, cardiogram])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await outbox.run() }
            try await outbox.append(fixture.reading(60))
            #expect(try await times(outbox) == [Self.right])
            await fixture.clock.untilSleeping(2)
            time.setWall(milliseconds: Self.right + shift)
            await fixture.clock.waitOut(Outbox.lateClockCheckInterval)
            // Only the pruning sleeps on.
            while await outbox.trust.bootedAtMilliseconds == nil { await Task.yield() }
            try await outbox.append(fixture.reading(61))
            let kept = try await outbox.entries(of: cardiogram, after: 0, limit: 9).entries
            #expect(kept.map(\.reading.measuredAtMilliseconds) == [Self.right + shift, Self.right + shift])
            group.cancelAll()
        }
        let page = try await OutboxReader(path: fixture.path).history(after: 0)
        #expect(page?.entries.map(\.entry.reading.measuredAtMilliseconds) == [Self.right + shift, Self.right + shift])
        try await outbox.close()
    }

    @Test func waitOfZero_doesNotWait() async throws {
        let outbox = try fixture.open(options: OutboxOptions(clockWait: .zero))
        try await outbox.append(fixture.reading(60))
        #expect(try await times(outbox) == [Self.early])
    }

    @Test func clockRightAtTheStart_readingsAreKeptAsTheyCome() async throws {
        fixture.time.setWall(milliseconds: Self.right)
        let outbox = try fixture.open()
        try await outbox.append(fixture.reading(60))
        fixture.time.setWall(milliseconds: Self.right - 3_600_000)
        try await outbox.append(fixture.reading(61))
        fixture.time.setWall(milliseconds: Self.right + 7_200_000)
        try await outbox.append(fixture.reading(62))
        #expect(try await times(outbox) == [Self.right, Self.right - 3_600_000, Self.right + 7_200_000])
    }

    @Test func clockOnceRight_isTrustedAfterARestartInTheSameBoot_alsoWithoutNetwork() async throws {
        fixture.time.setWall(milliseconds: Self.right)
        try await fixture.open().close()
        fixture.time.setWall(milliseconds: Self.right, isTrusted: false)
        let outbox = try fixture.open()
        try await outbox.append(fixture.reading(60))
        #expect(try await times(outbox) == [Self.right])
    }

    @Test func clockSetWhileStraplineWasDown_readingsOfThisBootAreSetRightBeforeUploads() async throws {
        let first = try fixture.open()
        try await first.append(fixture.reading(60))
        try await first.close()
        fixture.time.advance(milliseconds: 10_000)
        fixture.time.setWall(milliseconds: Self.right)
        let outbox = try fixture.open()
        try await whileRunning(outbox) {
            let times = try await times(outbox)
            #expect(times == [Self.right - 10_000])
        }
    }

    @Test func rebootWithoutTheClockEverSet_readingsKeepTheTimeTheyHave_andTheNextBootItsOwn() async throws {
        let first = try fixture.open()
        try await first.append(fixture.reading(60))
        try await first.close()
        let secondBoot = ManualTime(
            wallMilliseconds: 0, bootMilliseconds: 20_000, bootID: "boot-2", isTrusted: false)
        let outbox = try fixture.open(time: secondBoot)
        try await whileRunning(outbox) {
            try await outbox.append(
                Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 61),
                    measuredAtMilliseconds: 0, bootMilliseconds: 20_000))
            async let times = times(outbox)
            await fixture.clock.untilSleeping(2)
            secondBoot.setWall(milliseconds: Self.right)
            fixture.clock.advance(by: .seconds(1))
            #expect(try await times == [Self.early, Self.right])
        }
    }

    /// 1970 at boot, the network after ten minutes, and a service that does not believe in 1970.
    @Test func readingsRefusedForTheirWrongTime_arePutBackWithTheRightOne() async throws {
        let outbox = try fixture.open(lanes: [pulsoid, cardiogram])
        try await whileRunning(outbox) {
            try await outbox.append(fixture.reading(60))
            for _ in 1...60 { await pass(seconds: 1) }
            #expect(try await times(outbox) == [Self.early], "nothing waits for ever")
            try await outbox.setAside([1], in: pulsoid, reason: "measured_at must be in milliseconds")
            try await outbox.acknowledge(pulsoid, through: 1)
            await fixture.clock.untilSleeping(2)
            fixture.time.advance(milliseconds: 540_000)
            fixture.time.setWall(milliseconds: Self.right)
            await fixture.clock.waitOut(Outbox.lateClockCheckInterval)
            await fixture.clock.untilSleeping(1)
            try await outbox.append(fixture.reading(61))
            // The watch has ended: nothing but the pruning sleeps.
            var requeued: [OutboxEntry] = []
            while requeued.isEmpty { requeued = try await outbox.requeued(in: pulsoid, after: 0, limit: 9).entries }
            #expect(requeued.map(\.reading.measuredAtMilliseconds) == [Self.right - 600_000])
            let waiting = try await outbox.entries(of: cardiogram, after: 0, limit: 9).entries
            #expect(waiting.map(\.reading.measuredAtMilliseconds) == [Self.right - 600_000, Self.right])
        }
    }

    @Test func clockSetTwice_readingsBeforeTheFirstTimeAreSetRightOnce() async throws {
        let outbox = try fixture.open()
        try await whileRunning(outbox) {
            try await outbox.append(fixture.reading(60))
            async let times = times(outbox)
            await fixture.clock.untilSleeping(2)
            fixture.time.setWall(milliseconds: Self.right)
            await pass(seconds: 1)
            #expect(try await times == [Self.right])
            fixture.time.advance(milliseconds: 1)
            fixture.time.setWall(milliseconds: Self.right + 5_000)
            try await outbox.append(fixture.reading(61))
            #expect(try await self.times(outbox) == [Self.right, Self.right + 5_000])
        }
    }
}
