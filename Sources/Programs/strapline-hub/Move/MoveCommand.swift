import ArgumentParser
import Console
import HubStore
import Postgres
import TextFormats

struct MoveCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Copy the hub's SQLite file into a PostgreSQL database, for several hubs.",
        discussion: """
            Stop the hub first. Users, tokens and readings are copied, then compared with the file. An interrupted \
            copy goes on where it stopped: run the command again. The file stays as it is.
            """)

    private struct Outcome: Encodable {
        let database: String
        let rows: [String: Int]
    }

    @Option(help: ArgumentHelp("The empty database: postgres://hub@pg1,pg2,pg3/strapline", valueName: "url"))
    var to: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard PostgresAddress.isOne(to) else {
            throw ValidationError("--to is the address of a PostgreSQL database: postgres://hub@pg1,pg2,pg3/strapline")
        }
        _ = try DatabaseOptions.address(to)
    }

    func run() async throws {
        let address = try DatabaseOptions.address(to)
        guard case .file = try database.location else {
            throw CommandError("--database is the SQLite file to move, and not an address.", .validationFailure)
        }
        let source = try await database.openStore()
        // A hub that serves the file would accept readings that are not copied.
        try await source.database.claim()
        let destination = try await HubStore.open(
            .server(address, isSingleCopy: database.singleCopy), isCommand: true)
        let progress = ProgressLine()
        defer { progress.end() }
        let move = HubMove(from: source.database, to: destination.database) { progress.show(Self.text($0)) }
        let rows = try await move.run()
        progress.end()
        let next = ["strapline-hub", "serve", "--database", to] + (database.singleCopy ? ["--single-copy"] : [])
        try output.print(
            Outcome(database: address.description, rows: rows),
            sentences: [
                "\(address): \((rows["user"] ?? 0).counted("user")) and \((rows["reading"] ?? 0).counted("reading")), "
                    + "compared with the file.",
                "Now serve it: \(next.map(\.quotedForShell).joined(separator: " "))",
            ])
    }

    private static func text(_ progress: HubMove.Progress) -> String {
        switch progress {
        case .copied(let table, let rows): "copying \(table): \(rows.counted("row"))"
        case .verified(let table, let rows): "compared \(table): \(rows.counted("row"))"
        }
    }
}
