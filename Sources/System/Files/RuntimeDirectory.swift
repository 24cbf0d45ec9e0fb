/// The folder for files that are worth nothing after the program has ended. It is in memory where the system has one.
package enum RuntimeDirectory {
    /// Where `packaging/strapline.service` puts it.
    package static let ofTheService = "/run/strapline"

    /// `$RUNTIME_DIRECTORY` (systemd), else `$XDG_RUNTIME_DIR/strapline`, else ``StateDirectory``.
    package static func path(environment: [String: String]) -> String {
        if let directory = environment["RUNTIME_DIRECTORY"], !directory.isEmpty {
            // systemd separates several folders with colons; the first is the program's.
            return String(directory.prefix { $0 != ":" })
        }
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") { return runtime + "/strapline" }
        return StateDirectory.path(environment: environment)
    }
}
