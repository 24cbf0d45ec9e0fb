import HeartRate
import Testing

@testable import Replay

@Suite struct ReplayFeedTests {
    private func recorded(_ milliseconds: Int64...) throws -> [RecordedReading] {
        try milliseconds.map {
            try RecordedReading(
                strap: "a", measuredAtMilliseconds: 5_000_000 + $0, measuredAt: nil, bpm: 60, contact: nil)
        }
    }

    @Test func replay_atASpeed_keepsThePace_andTheTimes() throws {
        let feed = Array(ReplayFeed(try recorded(0, 1_000, 4_000), speed: 2, isAsNow: false))
        #expect(feed.map(\.due) == [0, 500, 2_000].map { .milliseconds($0) })
        #expect(feed.map(\.measuredAtMilliseconds) == [5_000_000, 5_001_000, 5_004_000])
    }

    @Test func replay_withoutASpeed_waitsForNothing_andKeepsTheOrder() throws {
        let feed = Array(ReplayFeed(try recorded(4_000, 0, 1_000), speed: nil, isAsNow: false))
        #expect(feed.allSatisfy { $0.due == .zero })
        #expect(feed.map(\.measuredAtMilliseconds) == [5_004_000, 5_000_000, 5_001_000])
    }

    @Test func replay_asNow_isMeasuredWhenItIsSent() throws {
        let feed = Array(ReplayFeed(try recorded(0, 1_000), speed: 1, isAsNow: true))
        #expect(feed.map(\.measuredAtMilliseconds) == [nil, nil])
        #expect(feed.map(\.due) == [.zero, .seconds(1)])
    }

    @Test func replay_ofAClockThatWasSetBack_isInOrderOfTime() throws {
        let feed = Array(ReplayFeed(try recorded(3_000, 1_000, 1_000, 2_000), speed: 1, isAsNow: false))
        #expect(feed.map(\.due) == [0, 0, 1_000, 2_000].map { .milliseconds($0) })
    }
}
