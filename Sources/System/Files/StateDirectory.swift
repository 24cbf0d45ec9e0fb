import FoundationEssentials

/// The folder for files that a program keeps, such as the outbox and the hub's database.
package enum StateDirectory {
    /// `$STATE_DIRECTORY` (systemd), else `$XDG_STATE_HOME/strapline`, else `~/.local/state/strapline`.
    package static func path(environment: [String: String]) -> String {
        if let directory = environment["STATE_DIRECTORY"], !directory.isEmpty {
            // systemd separates several folders with colons; the first is the program's.
            return String(directory.prefix { $0 != ":" })
        }
        // The XDG specification says to ignore a path that is not absolute.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/strapline" }
        return HomeFolder.path(environment: environment) + "/.local/state/strapline"
    }

    /// Makes the folder of a file, for this user only. If that fails, the outbox reports the reason and the remedy.
    package static func makeFolder(of file: String) {
        let folder = URL(filePath: file).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}
