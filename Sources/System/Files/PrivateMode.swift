import Glibc
import TextFormats

/// Makes a program's own files private to their owner. A copy that `cp` or another user has restored has another mode.
package enum PrivateMode {
    /// A file that was not private.
    package struct Notice: Sendable, Equatable {
        /// Whether the file is private again.
        package let isRestored: Bool
        /// For a log or a terminal.
        package let sentence: String
    }

    /// Makes each existing file private. Returns a notice for each that was not.
    ///
    /// Uses names instead of descriptors, because closing a descriptor of a SQLite file ends SQLite's locks on it.
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
                sentence: "\(others), and this user cannot change that: \(reason). Run as its owner: chmod 600 "
                    + path.quotedForShell)
        }
    }

    /// Why other users can replace this file; nil when they cannot.
    package static func folderWarning(_ path: String) -> String? {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IWOTH != 0, status.st_mode & S_ISVTX == 0 else {
            return nil
        }
        let mode = octal(status.st_mode & 0o7777)
        return "every user can replace \(path), because \(folder) is open to all (mode \(mode)). "
            + "Run chmod o-w \(folder.quotedForShell)"
    }

    /// Why other users can change a file; nil when they cannot.
    package static func writeWarning(_ path: String) -> String? {
        guard let mode = regularFileMode(path), mode & 0o022 != 0 else { return folderWarning(path) }
        return "other users can change \(path) (mode \(octal(mode))). Run chmod go-w \(path.quotedForShell)"
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
