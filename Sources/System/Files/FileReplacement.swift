package import Glibc

/// Replaces a file atomically: a reader sees the old file or the new one, also after a power cut.
///
/// ``begin(_:isSecret:reservedBytes:)`` makes the new file, and ``commit(_:)`` renames it. Errors show before the
/// caller does something that it cannot undo. A file that is never committed is removed.
///
/// ```swift
/// var file = try FileReplacement.begin(path, isSecret: true)
/// try file.commit(text)
/// ```
package struct FileReplacement: ~Copyable {
    /// Why a file cannot be replaced.
    package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        package let path: String
        /// The system's text for the error.
        package let reason: String

        package var description: String { "\(path) cannot be written: \(reason)" }
    }

    private let path: String
    private let destination: String
    private let temporary: String
    private let file: Int32
    private var isCommitted = false

    private init(path: String, destination: String, temporary: String, file: Int32) {
        self.path = path
        self.destination = destination
        self.temporary = temporary
        self.file = file
    }

    /// Makes the new file, with owner and permissions of the existing one. Without an existing file, it has the mode
    /// `modeOfNewFile`: by default only this user can read it. If `path` is a link, the link stays and its target is
    /// replaced.
    ///
    /// `isSecret` removes the permissions of all other users. `reservedBytes` are allocated on the disk now, so that
    /// they cannot be missing later.
    package static func begin(
        _ path: String, isSecret: Bool = false, modeOfNewFile: mode_t = 0o600, reservedBytes: Int = 0
    ) throws(Failure) -> FileReplacement {
        let target = realpath(path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let destination = target ?? path
        // mkstemp(3) replaces the six letters with a unique text.
        var template = Array((destination + ".XXXXXX").utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { throw failure(path) }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        let temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        let made = Self(path: path, destination: destination, temporary: temporary, file: file)
        if target != nil {
            try made.copyOwnership(isSecret: isSecret)
        } else if modeOfNewFile != 0o600, fchmod(file, modeOfNewFile) != 0 {
            throw failure(path)
        }
        // A file system that cannot reserve space is no error.
        if reservedBytes > 0, posix_fallocate(file, 0, off_t(reservedBytes)) == ENOSPC {
            throw Failure(path: path, reason: String(cString: strerror(ENOSPC)))
        }
        return made
    }

    deinit {
        if !isCommitted { unlink(temporary) }
        close(file)
    }

    /// Writes the text and replaces the old file. Everything is on the disk when this returns, unless `isDurable` is
    /// false: then a power cut may cost the file.
    package mutating func commit(_ text: String, isDurable: Bool = true) throws(Failure) {
        try commit(Array(text.utf8), isDurable: isDurable)
    }

    /// The same with bytes.
    package mutating func commit(_ bytes: [UInt8], isDurable: Bool = true) throws(Failure) {
        do throws(DescriptorIO.Failure) {
            try DescriptorIO.write(bytes, to: file)
        } catch {
            throw Failure(path: path, reason: String(cString: strerror(error.code)))
        }
        guard ftruncate(file, off_t(bytes.count)) == 0, !isDurable || fsync(file) == 0,
            rename(temporary, destination) == 0
        else { throw Self.failure(path) }
        isCommitted = true
        if isDurable { syncFolder() }
    }

    /// Both steps at once.
    package static func replace(_ path: String, with text: String, isSecret: Bool = false) throws(Failure) {
        var replacement = try begin(path, isSecret: isSecret)
        try replacement.commit(text)
    }

    private func copyOwnership(isSecret: Bool) throws(Failure) {
        var old = stat()
        var new = stat()
        guard stat(destination, &old) == 0, fstat(file, &new) == 0 else { throw Self.failure(path) }
        let mode = old.st_mode & (isSecret ? 0o700 : 0o7777)
        let keep = uid_t.max
        // The owner first, because a change of the owner may clear permissions.
        guard old.st_uid == new.st_uid || fchown(file, old.st_uid, keep) == 0 else { throw Self.failure(path) }
        // A group without permissions does not matter. Under systemd's PrivateUsers= only the unit's own group exists.
        let isOfGroup = old.st_gid == new.st_gid || fchown(file, keep, old.st_gid) == 0
        guard isOfGroup || mode & 0o070 == 0, fchmod(file, mode) == 0 else { throw Self.failure(path) }
    }

    private func syncFolder() {
        let folder = destination.lastIndex(of: "/").map { String(destination[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ path: String) -> Failure {
        Failure(path: path, reason: String(cString: strerror(errno)))
    }
}
