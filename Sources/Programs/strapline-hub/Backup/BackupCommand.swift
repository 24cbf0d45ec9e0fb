import ArgumentParser
import Console
import HubStore

struct BackupCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a snapshot of the database to a new file, also of a running hub.",
        discussion: """
            To restore it: stop the hub, remove hub.sqlite-wal and hub.sqlite-shm, replace hub.sqlite with the copy,
            start the hub.
            """)

    private struct Outcome: Encodable {
        let file: String
        let bytes: Int64
    }

    @Argument(help: "The new file. Only this user can read it.")
    var file: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard case .file(let source) = try database.location else {
            throw CommandError(
                "A PostgreSQL database is copied with PostgreSQL's own tools: pg_dump for a snapshot, pgBackRest for "
                    + "one that goes on. See docs/many-hubs.md.", .validationFailure)
        }
        let progress = ProgressLine()
        defer { progress.end() }
        let bytes = try await DatabaseBackup.make(of: source, to: file) { progress.show(Self.text($0)) }
        progress.end()
        try output.print(
            Outcome(file: file, bytes: bytes), sentences: ["\(file): \(bytes) bytes, checked."])
    }

    private static func text(_ progress: DatabaseBackup.Progress) -> String {
        switch progress {
        case .copying(let bytes, let total):
            "copying: \(bytes / 1_000_000) of \(total / 1_000_000) MB, \(total > 0 ? bytes * 100 / total : 0) %"
        case .checking: "checking the copy"
        }
    }
}
