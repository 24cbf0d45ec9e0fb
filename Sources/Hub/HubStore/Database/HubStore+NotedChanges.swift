import GRDB
import Glibc
import Timing

/// Changes that commands made, on their way into the running hub's log: the database carries them, because a command's own
/// output is seen by the person who ran it and by nobody else.
extension HubStore {
    /// Kept at most, while no hub runs.
    private static let mostNotedChanges = 1000

    /// A change that a command made.
    package struct NotedChange: Sendable, Hashable {
        package let id: Int64
        /// As ``SecurityLog`` writes it, without the time.
        package let text: String
    }

    /// Notes a change in the transaction that makes it, where this process is a command. A hub logs its own changes itself.
    func note(_ change: AdminChange, _ db: Database) throws {
        guard isCommand else { return }
        let line = SecurityLine("change", peer: "local", route: "command-line")
            .adding([("by", Administrator.commandLine.text), ("uid", "\(getuid())"), ("change", change.name)])
            .adding(change.details)
        try db.execute(
            sql: "INSERT INTO noted_change (at_ms, line) VALUES (?, ?)",
            arguments: [time.now().wallMilliseconds, line.text])
        try db.execute(
            sql: "DELETE FROM noted_change WHERE id <= ?",
            arguments: [db.lastInsertedRowID - Int64(Self.mostNotedChanges)])
    }

    /// What commands have changed since the last call.
    /// - Throws: ``HubStoreError``; then the changes come again.
    package func takeNotedChanges() async throws -> [NotedChange] {
        let changes = try await reading { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT id, line FROM noted_change ORDER BY id LIMIT \(Self.mostNotedChanges)")
            ).map { NotedChange(id: $0[0], text: $0[1]) }
        }
        guard let last = changes.last else { return [] }
        try await onWriter { try $0.execute(sql: "DELETE FROM noted_change WHERE id <= ?", arguments: [last.id]) }
        return changes
    }
}
