package import CardiogramAPI
import GRDB
package import PulsoidAPI

extension HubStore {
    /// The user's readings from the first on, by the time at which they were measured.
    /// - Throws: ``HubStoreError``.
    package func readings(ofUser userID: Int64, limit: Int) async throws -> [HeartRateMessage] {
        try await history(
            "SELECT measured_at_ms, heart_rate FROM reading WHERE user_id = ? ORDER BY measured_at_ms LIMIT ?",
            userID, limit
        ) { HeartRateMessage(measuredAtMilliseconds: $0[0], heartRate: $0[1]) }
    }

    /// The user's beats from the first on, by the time at which they began.
    /// - Throws: ``HubStoreError``.
    package func beats(ofUser userID: Int64, limit: Int) async throws -> [Beat] {
        try await history(
            "SELECT start_s, end_s, value FROM beat WHERE user_id = ? ORDER BY start_s, end_s LIMIT ?", userID, limit
        ) { Beat(start: $0[0], end: $0[1], value: $0[2]) }
    }

    private func history<Value: Sendable>(
        _ sql: String, _ userID: Int64, _ limit: Int, _ value: @escaping @Sendable (Row) -> Value
    ) async throws -> [Value] {
        do {
            return try await database.read { db in
                try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [userID, limit]).map(value)
            }
        } catch {
            throw HubStoreError(foreign: error)
        }
    }
}
