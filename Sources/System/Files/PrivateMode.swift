import Glibc

/// Takes the permissions of everybody but the owner away from a program's own files. A copy that was put back with `cp`, or by
/// another user, has another mode.
package enum PrivateMode {
    /// What was wrong with a file.
    package struct Notice: Sendable, Equatable {
        /// Whether the file is private again.
        package let isRestored: Bool
        /// For a log or a terminal.
        package let sentence: String
    }

    /// Makes each of these files private, where it exists. Returns one notice for each that was not.
    ///
    /// By name and not by descriptor: to close a descriptor of an SQLite file would end SQLite's own locks on it.
    package static func restore(_ paths: [String]) -> [Notice] {
        paths.compactMap { path in
            guard let mode = regularFileMode(path), mode & 0o077 != 0 else { return nil }
            let others = "\(path) could be read or written by other users (mode \(octal(mode)))"
            if chmod(path, mode & 0o700) == 0 {
                return Notice(isRestored: true, sentence: "\(others). It is private again (\(octal(mode & 0o700))).")
            }
            let reason = String(cString: strerror(errno))
            return Notice(
                isRestored: false,
                sentence: "\(others), and this user cannot change that: \(reason). Run as its owner: chmod 600 \(path)")
        }
    }

    /// Why others can put another file in the place of this one; nil when they cannot.
    package static func folderWarning(_ path: String) -> String? {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IWOTH != 0, status.st_mode & S_ISVTX == 0 else {
            return nil
        }
        let mode = octal(status.st_mode & 0o7777)
        return "every user can replace \(path), because \(folder) is open to all (mode \(mode)). "
            + "Run chmod o-w \(folder)"
    }

    /// Why others can change a file; nil when they cannot.
    package static func writeWarning(_ path: String) -> String? {
        guard let mode = regularFileMode(path), mode & 0o022 != 0 else { return folderWarning(path) }
        return "other users can change \(path) (mode \(octal(mode))). Run chmod go-w \(path)"
    }

    private static func regularFileMode(_ path: String) -> mode_t? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return status.st_mode & 0o7777
    }

    private static func octal(_ mode: mode_t) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
