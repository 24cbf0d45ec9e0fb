import HTTPTypes
import HubStore
import PulsoidAPI

extension HubResponder {
    func statistics(_ target: RequestTarget, _ grant: Access.Grant) async throws -> HubResponse {
        let name = target.query(PulsoidPath.Query.timeRange) ?? StatisticsRange.day.rawValue
        guard let range = StatisticsRange(rawValue: name) else {
            let known = StatisticsRange.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.badRequest, "time_range must be one of \(known)")
        }
        let statistics = try await histories.taking(grant) {
            try await store.statistics(ofUser: grant.user.id, over: range)
        }
        // Zeros, not an error: who has rested for a day is no reason for a client to fail.
        return .json(
            statistics
                ?? HeartRateStatistics(
                    maximumBeatsPerMinute: 0, minimumBeatsPerMinute: 0, averageBeatsPerMinute: 0,
                    streamedDurationInSeconds: 0, caloriesBurnedInKilocalories: 0))
    }

    /// The hub's users have no channel and no app: the name is all there is to tell.
    func profile(_ grant: Access.Grant) async throws -> HubResponse {
        .json(
            Profile(
                channel: "", login: grant.user.name, mobileLogin: false,
                heartRate: try await store.latestReading(ofUser: grant.user.id) != nil))
    }
}
