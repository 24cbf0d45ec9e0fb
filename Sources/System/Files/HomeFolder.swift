import Glibc

/// The folder of the user who runs this program.
package enum HomeFolder {
    /// `$HOME`, else the folder in the list of users: cron, systemd and containers may start a program without `HOME`,
    /// and paths must not begin at the root then. Empty if neither is known.
    package static func path(environment: [String: String]) -> String {
        path(home: environment["HOME"])
    }

    /// The same for the value of `$HOME`.
    package static func path(home: String? = ProcessEnvironment.value(of: "HOME")) -> String {
        if let home, home.hasPrefix("/") { return home }
        return ofUser(geteuid()) ?? ""
    }

    private static func ofUser(_ user: uid_t) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil, let folder = entry.pw_dir
        else { return nil }
        let path = String(cString: folder)
        return path.hasPrefix("/") && path != "/" ? path : nil
    }
}
