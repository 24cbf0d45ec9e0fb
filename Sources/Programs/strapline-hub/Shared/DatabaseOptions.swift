import ArgumentParser
import Console
import Files
import FoundationEssentials
import Glibc
import HubStore
import Postgres
import TextFormats

/// Which hub a command is about.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The SQLite file of the hub, which is created if it is missing; or a PostgreSQL database for several hubs: "
                + "postgres://hub@pg1,pg2,pg3/strapline",
            discussion: "Default: hub.sqlite in $STATE_DIRECTORY (systemd), else in $XDG_STATE_HOME/strapline, else in "
                + "~/.local/state/strapline. A PostgreSQL password belongs into ~/.pgpass.",
            valueName: "path-or-url"))
    var database: String?
    @Flag(help: "Accept a PostgreSQL server that keeps one copy only, or that has fsync off. A lost disk loses all.")
    var singleCopy = false

    /// Checked here, and not as a value: the message about a bad value would show a password.
    func validate() throws {
        if let database, PostgresAddress.isOne(database) { _ = try Self.address(database) }
    }

    static func address(_ text: String) throws -> PostgresAddress {
        do {
            return try PostgresAddress(text)
        } catch {
            throw ValidationError(error.description)
        }
    }

    var location: DatabaseLocation {
        get throws {
            guard let database, PostgresAddress.isOne(database) else { return .file(filePath) }
            return .server(try Self.address(database), isSingleCopy: singleCopy)
        }
    }

    /// As another command of this program takes them. A path is absolute: the next command may be typed in another
    /// folder.
    var printed: [String] {
        guard let database, PostgresAddress.isOne(database) else {
            return ["--database", PrintedCommand.absolute(filePath)]
        }
        return ["--database", database] + (singleCopy ? ["--single-copy"] : [])
    }

    /// The folder of the packaged hub.
    private static let folderOfPackage = "/var/lib/strapline-hub"

    /// The path may be misspelt, or the packaged hub be meant. Nil if the command may make a new hub.
    private func newHubNotice(_ path: String, mayBeNew: Bool) -> String? {
        let folder = Self.folderOfPackage
        let notice = "There was no hub in \(path): made a new, empty one."
        guard database == nil, !path.hasPrefix(folder), access(folder, F_OK) == 0 else {
            return mayBeNew ? nil : notice
        }
        let user =
            geteuid() == 0 && getenv("SUDO_USER") == nil
            ? ["runuser", "-u", "strapline-hub", "--"] : ["sudo", "-u", "strapline-hub"]
        let command =
            user + ["strapline-hub"] + CommandLine.arguments.dropFirst()
            + ["--database", "\(folder)/hub.sqlite"]
        return "\(notice) For the hub of the package: \(command.map(\.quotedForShell).joined(separator: " "))"
    }

    /// The path of the file.
    private var filePath: String {
        database ?? StateDirectory.path(environment: ProcessInfo.processInfo.environment) + "/hub.sqlite"
    }

    /// Opens the database, for an administration command or for the hub itself.
    /// `warn` receives warnings about the modes of its files, and about a new file unless it `mayBeNew`.
    func openStore(
        isCommand: Bool = true, mayBeNew: Bool = false,
        warn: (String) -> Void = { StandardStream.error.print("strapline-hub: \($0)") }
    ) async throws -> HubStore {
        let location = try location
        var notice: String?
        if case .file(let path) = location, access(path, F_OK) != 0, errno == ENOENT {
            notice = newHubNotice(path, mayBeNew: mayBeNew)
        }
        let store = try await HubStore.open(location, isCommand: isCommand)
        try await store.requireWhole()
        if let notice { warn(notice) }
        for notice in store.modeNotices { warn(notice.sentence) }
        if case .file(let path) = location, let warning = PrivateMode.folderWarning(path) { warn(warning) }
        return store
    }
}
