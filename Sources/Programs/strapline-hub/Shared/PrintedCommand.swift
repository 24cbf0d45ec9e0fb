import Files
import FoundationEssentials
import Glibc
import TextFormats

/// A command of this program as text that a shell runs: for the same hub, as the same user of the machine.
struct PrintedCommand {
    /// `sudo -u strapline-hub`, or empty.
    private let prefix: [String]
    /// `--database /var/lib/strapline-hub/hub.sqlite` or with an address, or empty if the program finds it by itself.
    private let suffix: [String]

    init(_ database: DatabaseOptions) {
        self.init(database, environment: ProcessInfo.processInfo.environment)
    }

    init(_ database: DatabaseOptions, environment: [String: String]) {
        let isFoundByItself = database.database == nil && environment["STATE_DIRECTORY"] == nil
        suffix = isFoundByItself ? [] : database.printed
        prefix = Self.sudo(environment)
    }

    /// The command with these words after the name of the program.
    func text(_ words: [String]) -> String {
        (prefix + ["strapline-hub"] + words + suffix).map(\.quotedForShell).joined(separator: " ")
    }

    /// A path that is the same in every folder.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }

    /// A command under sudo is followed by another one under sudo.
    private static func sudo(_ environment: [String: String]) -> [String] {
        guard environment["SUDO_USER"] != nil else { return [] }
        if geteuid() == 0 { return ["sudo"] }
        guard let entry = getpwuid(geteuid()) else { return [] }
        return ["sudo", "-u", String(cString: entry.pointee.pw_name)]
    }
}
