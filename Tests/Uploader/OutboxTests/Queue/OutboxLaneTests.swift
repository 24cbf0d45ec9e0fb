import HeartRate
import Outbox
import TestKit
import Testing
import Timing

@Suite(.timeLimit(.minutes(10)))
struct OutboxLaneTests {
    let fixture = OutboxFixture()

    @Test func entries_comeInOrderOfArrival_whateverTheWallClockSays() async throws {
        let outbox = try fixture.open()
        for bpm: UInt16 in [60, 61, 62] {
            try await outbox.append(fixture.reading(bpm))
            fixture.time.setWall(milliseconds: fixture.time.now().wallMilliseconds - 86_400_000)
        }
        #expect(try await outbox.rates(of: pulsoid) == [60, 61, 62])
    }

    @Test func entries_keepAllThatWasReceived() async throws {
        let reading = Reading(
            strap: "chest",
            measurement: HeartRateMeasurement(
                beatsPerMinute: 300, contact: .unsupported, energyExpendedKilojoules: 65_535,
                rrIntervals: [0, 1024, 65_535]),
            measuredAtMilliseconds: 1_767_225_600_123, bootMilliseconds: 3_600_000)
        let outbox = try fixture.open()
        try await outbox.append(reading)
        try await outbox.close()
        let reopened = try fixture.open()
        #expect(try await reopened.entries(of: pulsoid, after: 0, limit: 1).entries.map(\.reading) == [reading])
    }

    @Test func entries_passOverWhatIsNoHeartRate() async throws {
        let outbox = try fixture.open()
        try await outbox.appendEach([
            fixture.reading(0), fixture.reading(70), fixture.reading(71, contact: .notDetected), fixture.reading(72),
            fixture.reading(73, contact: .unsupported), fixture.reading(0),
        ])
        let next = try await outbox.entries(of: pulsoid, after: 0, limit: 100)
        #expect(next.entries.map(\.reading.heartRate) == [70, 72, 73])
        #expect(next.reachesNewest)
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func entries_tellWhetherTheLastIsTheNewest(limit: Int) async throws {
        let outbox = try fixture.open()
        try await outbox.appendEach((1...4).map { fixture.reading($0) } + [fixture.reading(9, strap: "other")])
        let next = try await outbox.entries(of: pulsoid, after: 0, limit: limit)
        #expect(next.entries.count == min(limit, 4))
        #expect(next.reachesNewest == (limit >= 4))
    }

    @Test func entries_whenThereIsNone_waitForTheNextOfTheStrap() async throws {
        let outbox = try fixture.open()
        async let next = outbox.entries(of: pulsoid, after: 0, limit: 10)
        try await outbox.appendEach([fixture.reading(60, strap: "other"), fixture.reading(0), fixture.reading(61)])
        #expect(try await next.entries.map(\.reading.heartRate) == [61])
    }

    @Test func entries_whenCancelled_stopWaiting() async throws {
        let outbox = try fixture.open()
        let waiting = Task { try await outbox.entries(of: pulsoid, after: 0, limit: 10) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test func entries_ofAnUndeclaredLane_areRefused() async throws {
        let outbox = try fixture.open()
        await #expect {
            try await outbox.entries(of: cardiogram, after: 0, limit: 1)
        } throws: {
            ($0 as? OutboxError)?.code == .undeclaredLane
        }
    }

    @Test func lanes_haveCursorsOfTheirOwn_thatSurviveReopening() async throws {
        let outbox = try fixture.open(lanes: [pulsoid, cardiogram])
        let ids = try await outbox.appendEach((60...64).map { fixture.reading($0) })
        try await outbox.acknowledge(pulsoid, through: ids[3])
        try await outbox.acknowledge(cardiogram, through: ids[0])
        try await outbox.acknowledge(pulsoid, through: ids[1])
        try await outbox.close()
        let reopened = try fixture.open(lanes: [pulsoid, cardiogram])
        #expect(try await reopened.rates(of: pulsoid) == [64])
        #expect(try await reopened.rates(of: cardiogram) == [61, 62, 63, 64])
    }

    @Test func lane_whenNew_startsAfterTheNewestReading() async throws {
        let outbox = try fixture.open(lanes: [pulsoid])
        try await outbox.append(fixture.reading(60))
        try await outbox.close()
        let reopened = try fixture.open(lanes: [pulsoid, cardiogram])
        try await reopened.append(fixture.reading(61))
        #expect(try await reopened.rates(of: pulsoid) == [60, 61])
        #expect(try await reopened.rates(of: cardiogram) == [61])
    }

    @Test func lane_whenDeclaredAgain_goesOnWhereItWas() async throws {
        let outbox = try fixture.open(lanes: [pulsoid])
        try await outbox.appendEach([fixture.reading(60), fixture.reading(61)])
        try await outbox.acknowledge(pulsoid, through: 1)
        try await outbox.close()
        try await fixture.open(lanes: [cardiogram]).close()
        let reopened = try fixture.open(lanes: [pulsoid])
        #expect(try await reopened.rates(of: pulsoid) == [61])
    }

    @Test func entries_ofASilentStrapBehindManyOthers_areFound() async throws {
        let outbox = try fixture.open(lanes: [Lane(strap: "silent", destination: "pulsoid")])
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...1000 { group.addTask { _ = try? await outbox.append(fixture.reading(60)) } }
        }
        async let next = outbox.entries(of: Lane(strap: "silent", destination: "pulsoid"), after: 0, limit: 1)
        let id = try await outbox.append(fixture.reading(99, strap: "silent"))
        #expect(try await next.entries.map(\.id) == [id])
    }

    @Test func entries_whenTheFileHasToBeSearchedInPieces_areAllFound() async throws {
        let silent = Lane(strap: "silent", destination: "pulsoid")
        let outbox = try fixture.open(lanes: [silent])
        let others = Array(repeating: fixture.reading(60), count: 45_000)
        try await outbox.append(
            [fixture.reading(98, strap: "silent")] + others + [fixture.reading(99, strap: "silent")])
        try await outbox.close()
        let reopened = try fixture.open(lanes: [silent])
        let next = try await reopened.entries(of: silent, after: 0, limit: 1)
        #expect(next.entries.map(\.reading.heartRate) == [98])
        #expect(!next.reachesNewest, "the newest stands 45,000 further on")
        let last = try await reopened.entries(of: silent, after: 1, limit: 1)
        #expect(last.entries.map(\.reading.heartRate) == [99])
        #expect(last.reachesNewest)
    }

    @Test func appends_thatWaitTogether_areAllKeptInTheOrderOfTheirIDs() async throws {
        let outbox = try fixture.open()
        let ids = try await withThrowingTaskGroup(of: (UInt16, Int64).self) { group in
            for bpm in UInt16(1)...500 { group.addTask { (bpm, try await outbox.append(fixture.reading(bpm))) } }
            return try await group.reduce(into: [Int64: UInt16]()) { $0[$1.1] = $1.0 }
        }
        let kept = try await outbox.entries(of: pulsoid, after: 0, limit: 500).entries
        #expect(kept.map(\.id) == Array(1...500))
        #expect(kept.allSatisfy { $0.reading.heartRate == ids[$0.id] })
    }

    @Test func statistics_countPerLane() async throws {
        let outbox = try fixture.open(lanes: [pulsoid, cardiogram])
        try await outbox.appendEach((60...64).map { fixture.reading($0) } + [fixture.reading(0)])
        try await outbox.acknowledge(pulsoid, through: 2)
        try await outbox.setAside([3], in: pulsoid, reason: "measured_at is in the future")
        let reader = try OutboxReader(path: fixture.path)
        let statistics = try await reader.statistics()
        #expect(statistics.received == 6)
        #expect(statistics.dropped == 0)
        #expect(
            statistics.lanes == [
                .init(lane: cardiogram, waiting: 5, setAside: 0, lastAcknowledgedID: 0),
                .init(lane: pulsoid, waiting: 3, setAside: 1, lastAcknowledgedID: 2),
            ])
        let setAside = try await reader.setAside()
        #expect(setAside.map(\.reason) == ["measured_at is in the future"])
        #expect(setAside.first?.entry.reading.heartRate == 62)
        #expect(setAside.first?.lane == pulsoid)
    }
}
