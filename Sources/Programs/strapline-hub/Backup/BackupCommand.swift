import ArgumentParser
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
        let bytes = try await DatabaseBackup.make(of: database.path, to: file)
        try output.print(
            Outcome(file: file, bytes: bytes), sentences: ["\(file): \(bytes) bytes, checked."])
    }
}
