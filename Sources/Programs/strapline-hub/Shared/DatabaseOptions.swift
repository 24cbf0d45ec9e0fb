import ArgumentParser
import Console
import Files
import FoundationEssentials
import HubStore

/// The hub of a command.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The hub's SQLite file; created if it is missing.",
            discussion: "Default: hub.sqlite in $STATE_DIRECTORY (systemd), else in $XDG_STATE_HOME/strapline, else in "
                + "~/.local/state/strapline.",
            valueName: "path"))
    var database: String?

    /// The path of the file.
    var path: String {
        if let database { return database }
        return StateDirectory.path(environment: ProcessInfo.processInfo.environment) + "/hub.sqlite"
    }

    /// Opens the database, for a command of the administration or for the hub itself. `warn` gets corrections of the
    /// modes of its files.
    /// - Throws: ``CommandFailure``.
    func openStore(
        isCommand: Bool = true, warn: (String) -> Void = { StandardStream.error.print("strapline-hub: \($0)") }
    ) throws -> HubStore {
        do {
            let store = try HubStore(path: path, isCommand: isCommand)
            for notice in store.database.modeNotices { warn(notice.sentence) }
            if let warning = PrivateMode.folderWarning(path) { warn(warning) }
            return store
        } catch let error as HubStoreError {
            throw CommandFailure(error)
        }
    }
}
