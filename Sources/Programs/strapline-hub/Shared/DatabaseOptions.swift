import ArgumentParser
import Console
import Files
import FoundationEssentials
import HubStore

/// Which hub a command is about.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The SQLite file of the hub. A missing file is created.",
            discussion: "Default: hub.sqlite in $STATE_DIRECTORY (systemd), else in $XDG_STATE_HOME/strapline, else in "
                + "~/.local/state/strapline.",
            valueName: "path"))
    var database: String?

    /// Where it is, or would be.
    var path: String {
        if let database { return database }
        return StateDirectory.path(environment: ProcessInfo.processInfo.environment) + "/hub.sqlite"
    }

    /// Opens the database, for an administration command or for the hub itself.
    /// `warn` receives warnings about the modes of its files.
    func openStore(
        isCommand: Bool = true, warn: (String) -> Void = { StandardStream.error.print("strapline-hub: \($0)") }
    ) throws -> HubStore {
        let store = try HubStore(path: path, isCommand: isCommand)
        for notice in store.modeNotices { warn(notice.sentence) }
        if let warning = PrivateMode.folderWarning(path) { warn(warning) }
        return store
    }
}
