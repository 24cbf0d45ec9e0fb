import Postgres
import Synchronization

/// The work of the one hub that keeps the database for all: partitions, the log's length, measurements of removed
/// users.
final class PostgresUpkeep: Sendable {
    private struct State {
        var nextLook = ContinuousClock.now
        var nextPartitions = ContinuousClock.now
        var sizes = DatabaseSizes()
    }

    private static let interval: Duration = .seconds(10)
    private static let partitionInterval: Duration = .seconds(600)
    /// A hub that was away for longer has closed its streams.
    private static let logTime = "10 minutes"
    /// A write that began before the user's tokens ended may still add a row: it waits for its turn, for a next primary
    /// and for two answers.
    private static let sweepDelay = "30 seconds"
    private static let rowsPerStep = 10_000
    /// A statement is short even if nothing was deleted for days.
    private static let stepsPerLook = 50
    private static let userTables: [(name: String, key: String)] = [
        ("reading", "measured_at_ms"), ("beat", "start_s"), ("reading_detail", "measured_at_ms"),
        ("reading_slot", "slot"), ("slot_backlog", "before_ms"),
    ]
    /// Another hub has done it, the lock was not free, or the partition for the rest has rows of the time.
    private static let usualRefusals: Set = ["42P07", "42P01", "55P03", "23514"]
    private static let weekMilliseconds: Int64 = 7 * 24 * 3600 * 1000
    /// Older measurements are in the partition for the rest.
    private static let mostWeeks: Int64 = 260
    /// Partitions of this week and of some later ones are there before their first reading.
    private static let weeksAhead: Int64 = 3

    private let link: PostgresLink
    private let state = Mutex(State())

    init(_ link: PostgresLink) {
        self.link = link
    }

    /// As of the last look.
    var sizes: DatabaseSizes { state.withLock { $0.sizes } }

    func run(keepingFrom start: Int64?, now: Int64) async throws {
        guard state.withLock({ $0.nextLook <= .now }) else { return }
        state.withLock { $0.nextLook = .now + Self.interval }
        try await repeatSteps { try Self.shortenLog($0) }
        try await repeatSteps { try Self.sweep($0) }
        let bytes = try await link.run { connection in
            try connection.run("SELECT pg_database_size(current_database())").first?[0].int ?? 0
        }
        state.withLock { $0.sizes.databaseBytes = bytes }
        guard state.withLock({ $0.nextPartitions <= .now }) else { return }
        state.withLock { $0.nextPartitions = .now + Self.partitionInterval }
        try await addCurrentPartitions(now: now)
        if let start { try await dropPartitions(before: start) }
    }

    /// Other work of this hub comes in between. The next look goes on where this one stops.
    private func repeatSteps(_ step: @Sendable (PostgresConnection) throws -> Bool) async throws {
        for _ in 0..<Self.stepsPerLook {
            guard try await link.run({ try step($0) }) else { return }
        }
    }

    /// Deletes old entries: the first ones by number, which are the oldest.
    /// - Returns: whether some may be left.
    private static func shortenLog(_ connection: PostgresConnection) throws -> Bool {
        let deleted = try connection.run(
            """
            DELETE FROM hub_event WHERE seq <= (
                SELECT max(seq) FROM (SELECT seq, at FROM hub_event ORDER BY seq LIMIT \(rowsPerStep)) AS oldest
                WHERE at < clock_timestamp() - interval '\(logTime)')
            """
        ).changedCount
        return deleted >= rowsPerStep
    }

    /// Deletes what a write added after its user was removed: some rows of one user.
    /// - Returns: whether some may be left.
    private static func sweep(_ connection: PostgresConnection) throws -> Bool {
        let user = try connection.run(
            """
            SELECT user_id FROM removed_user WHERE at < clock_timestamp() - interval '\(sweepDelay)'
            ORDER BY user_id LIMIT 1
            """
        ).first?[0]
        guard let user else { return false }
        for (table, key) in userTables {
            let deleted = try connection.run(
                """
                DELETE FROM \(table) WHERE user_id = $1 AND \(key) IN (
                    SELECT \(key) FROM \(table) WHERE user_id = $1 ORDER BY \(key) LIMIT \(rowsPerStep))
                """, [user]
            ).changedCount
            if deleted >= rowsPerStep { return true }
        }
        _ = try connection.run("DELETE FROM removed_user WHERE user_id = $1", [user])
        return true
    }

    // MARK: Partitions

    func addCurrentPartitions(now: Int64) async throws {
        try await addPartitions(from: now, to: now + Self.weeksAhead * Self.weekMilliseconds)
    }

    /// A partition has the name `reading_w` and the number of its week since the Unix epoch. Earlier measurements, as
    /// of a backlog, go to the partition for the rest.
    func addPartitions(from first: Int64, to last: Int64) async throws {
        let newest = max(0, last / Self.weekMilliseconds)
        for week in max(0, first / Self.weekMilliseconds, newest - Self.mostWeeks)...newest {
            let name = "reading_w\(week)"
            let isThere = try await link.run {
                try $0.run("SELECT to_regclass($1) IS NOT NULL", [.text(name)]).first?[0].bool == true
            }
            guard !isThere else { continue }
            let start = week * Self.weekMilliseconds
            try await change(
                """
                CREATE TABLE \(name) PARTITION OF reading FOR VALUES FROM (\(start))
                    TO (\(start + Self.weekMilliseconds))
                """)
        }
    }

    private func dropPartitions(before start: Int64) async throws {
        let names = try await link.run {
            try $0.run(
                """
                SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
                WHERE inhparent = 'reading'::regclass
                """
            ).rows.compactMap { $0[0].text }
        }
        for name in names where name.hasPrefix("reading_w") {
            guard let week = Int64(name.dropFirst(9)), (week + 1) * Self.weekMilliseconds <= start else { continue }
            try await change("DROP TABLE \(name)")
        }
    }

    /// Changes the table for a moment at most: writers wait behind a lock that waits. A refused change is tried again
    /// the next time.
    private func change(_ statement: String) async throws {
        try await link.run { connection in
            do {
                try connection.transaction {
                    try connection.runScript("SET LOCAL lock_timeout = '300ms'")
                    try connection.runScript(statement)
                }
            } catch let error as PostgresError where error.sqlState.map(Self.usualRefusals.contains) == true {
                return
            }
        }
    }
}
