import HTTPTypes
import Synchronization

/// How many statistics are being reckoned, by all requests together.
final class StatisticsCount: Sendable {
    private let count = Atomic(0)

    /// Runs `body` unless `limit` others run.
    /// - Throws: 503 then, and whatever `body` throws.
    func counting<Value>(upTo limit: Int, _ body: () async throws -> Value) async throws -> Value {
        defer { count.subtract(1, ordering: .relaxed) }
        guard count.add(1, ordering: .relaxed).newValue <= limit else {
            throw Failure(.serviceUnavailable, "others' statistics are being reckoned", fields: [.retryAfter: "1"])
        }
        return try await body()
    }
}
