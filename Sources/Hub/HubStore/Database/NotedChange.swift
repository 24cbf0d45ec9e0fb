import Glibc

/// A change by a command, on its way to the running hub's log. The database carries it, because only the user who ran
/// the command sees its output.
package struct NotedChange: Sendable, Hashable {
    /// Kept at most, while no hub runs.
    private static let maximumCount = 1000

    package let id: Int64
    /// The line of the security log, without the time.
    package let text: String

    /// Writes a change in the transaction that makes it.
    static func insert(_ change: AdminChange, now: Int64, _ db: any SQLSession) throws {
        let line = SecurityLine("change", peer: "local", route: "command-line")
            .adding([("by", Administrator.commandLine.text), ("uid", "\(getuid())"), ("change", change.name)])
            .adding(change.details)
        let id = try db.newID("INSERT INTO noted_change (at_ms, line) VALUES (?1, ?2) RETURNING id", now, line.text)
        try db.execute("DELETE FROM noted_change WHERE id <= ?1", id - Int64(maximumCount))
    }

    static func all(_ db: any SQLSession) throws -> [NotedChange] {
        try db.rows("SELECT id, line FROM noted_change ORDER BY id LIMIT \(maximumCount)")
            .map { NotedChange(id: try $0[0], text: try $0[1]) }
    }

    static func delete(upTo id: Int64, _ db: any SQLSession) throws {
        try db.execute("DELETE FROM noted_change WHERE id <= ?1", id)
    }
}
