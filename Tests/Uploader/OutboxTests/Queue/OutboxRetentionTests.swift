import TestKit
import Testing
import Timing

@testable import Outbox

@Suite(.timeLimit(.minutes(10)))
struct OutboxRetentionTests {
    let fixture = OutboxFixture()
    private let day: Int64 = 86_400_000

    private func keptRates(_ outbox: Outbox, lane: Lane = pulsoid) async throws -> [UInt16?] {
        try await outbox.entries(of: lane, after: 0, limit: 10_000, waits: false).entries.map(\.reading.heartRate)
    }

    @Test func reading_leavesWhenEveryLaneHasPassedIt_andItIsOldEnough() async throws {
        let outbox = try fixture.open(lanes: [pulsoid, cardiogram])
        try await outbox.appendEach((60...63).map { fixture.reading($0) })
        fixture.time.advance(milliseconds: 20 * day)
        try await outbox.appendEach((70...71).map { fixture.reading($0) })
        try await outbox.acknowledge(pulsoid, through: 6)
        try await outbox.acknowledge(cardiogram, through: 2)
        try await outbox.prune()
        #expect(try await keptRates(outbox).count == 6, "none is old enough")
        fixture.time.advance(milliseconds: 11 * day)
        try await outbox.prune()
        #expect(try await keptRates(outbox) == [62, 63, 70, 71], "Cardiogram has not passed 62 and 63")
        try await outbox.acknowledge(cardiogram, through: 6)
        try await outbox.prune()
        #expect(try await keptRates(outbox) == [70, 71])
    }

    @Test func reading_thatNobodyUploads_leavesWhenOldEnough() async throws {
        let outbox = try fixture.open()
        try await outbox.appendEach([
            fixture.reading(60, strap: "other"), fixture.reading(0), fixture.reading(61), fixture.reading(62),
        ])
        fixture.time.advance(milliseconds: 31 * day)
        try await outbox.append(fixture.reading(63))
        try await outbox.prune()
        #expect(try await keptRates(outbox) == [61, 62, 63])
        try await outbox.close()
        let reopened = try fixture.open(lanes: [cardiogram])
        try await reopened.prune()
        try await reopened.close()
        #expect(try await keptRates(fixture.open()) == [63], "a lane that is no longer declared holds nothing back")
    }

    @Test func reading_thatIsSetAside_stays() async throws {
        let outbox = try fixture.open()
        try await outbox.appendEach((60...62).map { fixture.reading($0) })
        try await outbox.setAside([1], in: pulsoid, reason: "refused")
        try await outbox.acknowledge(pulsoid, through: 3)
        fixture.time.advance(milliseconds: 31 * day)
        try await outbox.prune()
        #expect(try await keptRates(outbox) == [60, 62], "and the newest, for the next id is counted from it")
        #expect(try await outbox.append(fixture.reading(63)) == 4)
    }

    @Test func manyReadings_leaveInSteps() async throws {
        let outbox = try fixture.open()
        try await outbox.append((0..<1600).map { fixture.reading(UInt16($0 % 200 + 30)) })
        try await outbox.acknowledge(pulsoid, through: 1600)
        fixture.time.advance(milliseconds: 31 * day)
        try await outbox.prune()
        #expect(try await keptRates(outbox).count == 1)
    }

    @Test func clockWrong_nothingLeavesByAge() async throws {
        let first = try fixture.open()
        try await first.append([fixture.reading(60), fixture.reading(61)])
        try await first.acknowledge(pulsoid, through: 2)
        try await first.close()
        let outbox = try fixture.open(
            time: ManualTime(wallMilliseconds: 4_000_000_000_000, bootID: "boot-2", isTrusted: false))
        try await outbox.prune()
        try await outbox.close()
        #expect(try await keptRates(fixture.open()).count == 2)
    }

    @Test func reading_fromAClockThatRanAhead_doesNotHoldUpTheOthers() async throws {
        let outbox = try fixture.open()
        let right = fixture.time.now().wallMilliseconds
        fixture.time.setWall(milliseconds: right + 50_000 * day)
        try await outbox.append(fixture.reading(60))
        fixture.time.setWall(milliseconds: right)
        try await outbox.append([fixture.reading(61), fixture.reading(62)])
        try await outbox.acknowledge(pulsoid, through: 3)
        fixture.time.advance(milliseconds: 31 * day)
        try await outbox.prune()
        #expect(try await keptRates(outbox) == [62])
    }

    @Test func outbox_whenFull_dropsTheOldest_andCountsThoseNotDelivered() async throws {
        let outbox = try fixture.open(options: OutboxOptions(sizeLimitBytes: 100_000))
        try await outbox.append((0..<5000).map { fixture.reading(UInt16($0 % 200 + 30)) })
        try await outbox.acknowledge(pulsoid, through: 400)
        try await outbox.prune()
        let statistics = try await outbox.statistics()
        #expect(statistics.usedBytes <= 100_000)
        #expect(statistics.received == 5000)
        let kept = try await keptRates(outbox).count
        #expect(kept > 0)
        #expect(Int(statistics.dropped) == 5000 - kept - 400)
        #expect(statistics.lanes.first?.waiting == kept)
    }
}
