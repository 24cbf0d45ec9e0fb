import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// Statistics of a user's readings, and the profile of a token.
@Suite(.timeLimit(.minutes(10)))
struct StatisticsTests {
    @Test func statistics_areOfTheRangeAndTheUser() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let ben = try await hub.addUser("Ben").accessToken
            let hour: Int64 = 3_600_000
            for (heartRate, ago): (Int, Int64) in [
                (60, 1000), (70, 2000), (81, 4500), (100, 24 * hour), (40, 24 * hour + 1), (180, 6 * 24 * hour),
                (200, 8 * 24 * hour), (220, 31 * 24 * hour),
            ] { try await hub.write(heartRate, at: hub.now - ago, token: anna) }
            try await hub.write(250, at: hub.now, token: ben)
            for (range, maximum, minimum, average) in [
                ("24h", 100, 60, 78), ("7d", 180, 40, 89), ("30d", 200, 40, 104),
            ] {
                let statistics: HeartRateStatistics = try await hub.send(
                    .GET, PulsoidPath.statistics + "?time_range=\(range)", token: anna
                ).decoded()
                #expect(statistics.maximumBeatsPerMinute == maximum)
                #expect(statistics.minimumBeatsPerMinute == minimum)
                #expect(statistics.averageBeatsPerMinute == average)
                #expect(statistics.caloriesBurnedInKilocalories == 0)
            }
            let day = try await hub.send(.GET, PulsoidPath.statistics, token: anna)
            #expect(
                day.body
                    == #"{"average_beats_per_minute":78,"calories_burned_in_kcal":0,"maximum_beats_per_minute":100,"#
                    + #""minimum_beats_per_minute":60,"streamed_duration_in_seconds":3}"#)
        }
    }

    @Test func duration_leavesOutWhatIsFurtherApartThan10Seconds() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            for ago: Int64 in [60_000, 50_000, 39_999, 39_000, 0] {
                try await hub.write(70, at: hub.now - ago, token: anna)
            }
            let statistics: HeartRateStatistics = try await hub.send(.GET, PulsoidPath.statistics, token: anna)
                .decoded()
            // 10 s, then 10.001 s and 39 s that are too long, and 0.999 s.
            #expect(statistics.streamedDurationInSeconds == 10)
        }
    }

    @Test func statistics_ofNothing_areZeros_andUnknownRangesRefused() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let statistics: HeartRateStatistics = try await hub.send(.GET, PulsoidPath.statistics, token: anna)
                .decoded()
            #expect(statistics.maximumBeatsPerMinute == 0)
            #expect(statistics.streamedDurationInSeconds == 0)
            for range in ["1h", "24H", "all"] {
                #expect(
                    try await hub.send(.GET, PulsoidPath.statistics + "?time_range=\(range)", token: anna).status == 400
                )
            }
        }
    }

    @Test func statistics_beyondTheLimit_are503() async throws {
        var limits = HubLimits()
        limits.concurrentHistories = 0
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            for _ in 0..<2 {
                let answer = try await hub.send(.GET, PulsoidPath.statistics, token: anna)
                #expect(answer.status == 503)
                #expect(answer.headers["retry-after"] == ["1"])
            }
        }
    }

    @Test func profile_isTheUsers() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let before = try await hub.send(.GET, PulsoidPath.profile, token: anna)
            #expect(before.body == #"{"channel":"","heart_rate":false,"login":"Anna","mobile_login":false}"#)
            try await hub.write(70, at: hub.now, token: anna)
            #expect(try await hub.send(.GET, PulsoidPath.profile, token: anna).body.contains(#""heart_rate":true"#))
        }
    }
}
