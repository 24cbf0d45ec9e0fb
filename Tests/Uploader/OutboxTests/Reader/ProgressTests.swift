import HeartRate
import Outbox
import TestKit
import Testing
import Timing

/// The progress of lanes, as `OutboxReader` reports it.
@Suite(.timeLimit(.minutes(10))) struct ProgressTests {
    private let fixture = OutboxFixture()
    private let lane = Lane(strap: "chest", destination: "pulsoid")

    private func progress() async throws -> LaneProgress {
        let progress = try await OutboxReader(path: fixture.path).progress()
        return try #require(progress.lanes.first { $0.lane == lane })
    }

    @Test func progress_betweenTwoLooks_isWhatWasPassed() async throws {
        let outbox = try fixture.open(lanes: [lane])
        try await outbox.append((60..<70).map { fixture.reading($0) })
        try await outbox.acknowledge(lane, through: 3)
        let before = try await progress()
        #expect(before.waiting == RangeSet(4..<Int64.max))
        try await outbox.setAside([5], in: lane, reason: "no")
        try await outbox.acknowledge(lane, through: 7)
        let after = try await progress()
        #expect(before.waiting.subtracting(after.waiting) == RangeSet(4..<8))
        #expect(after.setAside == [5])
        try await outbox.close()
    }

    @Test func progress_whereNewestGoesFirst_countsWhatWasLeftBehindAsWaiting() async throws {
        let outbox = try fixture.open(lanes: [lane])
        try await outbox.append((60..<70).map { fixture.reading($0) })
        _ = try await outbox.deferBacklog(in: lane, unlessAtMost: 1, done: [4], keepTogetherMilliseconds: 0)
        #expect(try await progress().waiting == RangeSet([1..<4, 5..<10, 10..<Int64.max]))
        try await outbox.acknowledge(lane, through: 10)
        #expect(try await progress().waiting == RangeSet([1..<4, 5..<10, 11..<Int64.max]))
        try await outbox.close()
    }

    @Test func heartRates_areOfTheStrapAndTheIds_andNothingElse() async throws {
        let outbox = try fixture.open(lanes: [lane])
        try await outbox.append([
            fixture.reading(60), fixture.reading(61, strap: "arm"), fixture.reading(0),
            fixture.reading(63, contact: .notDetected), fixture.reading(64), fixture.reading(65),
        ])
        let reader = try OutboxReader(path: fixture.path)
        let found = try await reader.heartRates(of: "chest", in: RangeSet([1..<6, 6..<Int64.max]))
        #expect(found.map(\.entry.id) == [1, 5, 6])
        let first = try await reader.heartRates(of: "chest", in: RangeSet(1..<Int64.max), limit: 2)
        #expect(first.map(\.entry.id) == [1, 5])
        try await outbox.close()
    }

    @Test func heartRates_ofMoreThanAPage_areAllThere() async throws {
        let outbox = try fixture.open(lanes: [lane])
        try await outbox.append((0..<4_321).map { fixture.reading(UInt16(50 + $0 % 100)) })
        let found = try await OutboxReader(path: fixture.path).heartRates(of: "chest", in: RangeSet(2..<Int64.max))
        #expect(found.map(\.entry.id) == Array(2...4_321))
        try await outbox.close()
    }
}
