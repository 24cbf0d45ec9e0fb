import GRDB
package import HubAPI

extension HubStore {
    /// The readings of a user in points of `resolutionSeconds`, in order of time. Reads the whole time asked for, so the
    /// caller bounds it.
    ///
    /// - Throws: ``HubStoreError``.
    package func points(
        ofUser userID: Int64, fromMilliseconds: Int64, toMilliseconds: Int64, resolutionSeconds: Int64
    ) async throws -> [ReadingHistory.Point] {
        do {
            return try await database.read { db in
                let statement = try db.cachedStatement(
                    sql: """
                        SELECT measured_at_ms / :resolution * :resolution AS at,
                            min(heart_rate), avg(heart_rate), max(heart_rate), count(*)
                        FROM reading WHERE user_id = :user AND measured_at_ms >= :from AND measured_at_ms < :to
                        GROUP BY at ORDER BY at
                        """)
                let arguments: StatementArguments = [
                    "resolution": resolutionSeconds * 1000, "user": userID, "from": fromMilliseconds,
                    "to": toMilliseconds,
                ]
                return try Row.fetchAll(statement, arguments: arguments).map {
                    ReadingHistory.Point(
                        atMilliseconds: $0[0], minimumBPM: $0[1], averageBPM: $0[2], maximumBPM: $0[3], count: $0[4])
                }
            }
        } catch {
            throw HubStoreError(foreign: error)
        }
    }
}
