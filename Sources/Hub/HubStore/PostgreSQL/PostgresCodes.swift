import FoundationEssentials
import Postgres

/// The server's clock, which is the same for all hubs.
enum PostgresClock {
    /// Milliseconds since the Unix epoch.
    static func now(_ connection: PostgresConnection) throws -> Int64 {
        let answer = try connection.run("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        guard let now = answer.first?[0].int else { throw PostgresError(.value, "the time is missing") }
        return now
    }
}

/// The rows of `pending_code`: device and authorization codes.
enum PostgresCodes {
    /// `ownTime` is in place of the server's clock.
    static func change<Value>(
        _ kind: String, now ownTime: Int64?, _ connection: PostgresConnection,
        _ body: (inout [TokenHash: String], _ now: Int64) throws -> Value
    ) throws -> Value {
        _ = try connection.run("SELECT pg_advisory_xact_lock($1::int, $2::int)", AdvisoryLock.pendingCodes.values)
        let now = try ownTime ?? PostgresClock.now(connection)
        var before: [TokenHash: String] = [:]
        for row in try connection.run("SELECT key, body FROM pending_code WHERE kind = $1", [.text(kind)]).rows {
            if let key = row[0].bytes, let body = row[1].text { before[TokenHash(stored: Data(key))] = body }
        }
        var after = before
        let value = try body(&after, now)
        for hash in before.keys where after[hash] == nil {
            _ = try connection.run(
                "DELETE FROM pending_code WHERE kind = $1 AND key = $2", [.text(kind), .bytea([UInt8](hash.bytes))])
        }
        for (hash, body) in after where before[hash] != body {
            _ = try connection.run(
                """
                INSERT INTO pending_code (kind, key, body) VALUES ($1, $2, $3)
                ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body
                """, [.text(kind), .bytea([UInt8](hash.bytes)), .text(body)])
        }
        return value
    }
}
