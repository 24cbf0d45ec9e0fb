import FoundationEssentials

/// Where the outbox lives unless the configuration says otherwise.
enum StateDirectory {
    /// `$STATE_DIRECTORY` (systemd), else `$XDG_STATE_HOME/strapline`, else `~/.local/state/strapline`.
    static func path(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let directory = environment["STATE_DIRECTORY"], !directory.isEmpty {
            // systemd names several with colons between them; the first is ours
            return String(directory.prefix { $0 != ":" })
        }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/strapline" }
        return (environment["HOME"] ?? "") + "/.local/state/strapline"
    }

    /// Makes the folder of a file, for this user only. Where that cannot be, the outbox says so, and what to do.
    static func makeFolder(of file: String) {
        let folder = URL(filePath: file).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}
