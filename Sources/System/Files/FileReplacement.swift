import Glibc

/// Replaces a file as a whole or not at all: whoever reads it sees the old one or the new one, also after a power cut.
///
/// The new file is made first and given its place by ``commit(_:)``, so that what stands in the way is known before
/// something is done that cannot be undone. One that is never committed leaves nothing behind.
///
/// ```swift
/// var file = try FileReplacement.begin(path, isSecret: true)
/// try file.commit(text)
/// ```
public struct FileReplacement: ~Copyable {
    /// Why a file cannot be replaced.
    public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        public let path: String
        /// The system's words.
        public let reason: String

        public var description: String { "\(path) cannot be written: \(reason)" }
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

    /// Makes the new file. It gets owner and permissions of the file that is there; a first one is for this user only. A link stays,
    /// and what it points at is replaced.
    ///
    /// `isSecret` takes the permissions of everybody but the owner away. So many `reservedBytes` on the disk are taken now, and
    /// cannot be missing later. Throws ``Failure`` with the system's words.
    public static func begin(
        _ path: String, isSecret: Bool = false, reservedBytes: Int = 0
    ) throws(Failure) -> FileReplacement {
        let target = realpath(path, nil).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let destination = target ?? path
        // mkstemp(3) puts what nobody else has in the place of the six letters.
        var template = Array((destination + ".XXXXXX").utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { throw failure(path) }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        let temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        let made = Self(path: path, destination: destination, temporary: temporary, file: file)
        if target != nil { try made.copyOwnership(isSecret: isSecret) }
        // Where the file system cannot do that, nothing is reserved.
        if reservedBytes > 0, posix_fallocate(file, 0, off_t(reservedBytes)) == ENOSPC {
            throw Failure(path: path, reason: String(cString: strerror(ENOSPC)))
        }
        return made
    }

    deinit {
        if !isCommitted { unlink(temporary) }
        close(file)
    }

    /// Writes the text and puts the new file in the place of the old; on the disk when this returns.
    public mutating func commit(_ text: String) throws(Failure) {
        do throws(DescriptorIO.Failure) {
            try DescriptorIO.write(Array(text.utf8), to: file)
        } catch {
            throw Failure(path: path, reason: String(cString: strerror(error.code)))
        }
        guard ftruncate(file, off_t(text.utf8.count)) == 0, fsync(file) == 0, rename(temporary, destination) == 0
        else { throw Self.failure(path) }
        isCommitted = true
        syncFolder()
    }

    /// Both steps at once.
    public static func replace(_ path: String, with text: String, isSecret: Bool = false) throws(Failure) {
        var replacement = try begin(path, isSecret: isSecret)
        try replacement.commit(text)
    }

    private func copyOwnership(isSecret: Bool) throws(Failure) {
        var old = stat()
        var new = stat()
        guard stat(destination, &old) == 0, fstat(file, &new) == 0 else { throw Self.failure(path) }
        let mode = old.st_mode & (isSecret ? 0o700 : 0o7777)
        let keep = uid_t.max
        // The owner first: changing it may take permissions away.
        guard old.st_uid == new.st_uid || fchown(file, old.st_uid, keep) == 0 else { throw Self.failure(path) }
        // A group that may do nothing is worth no failure. Under systemd's PrivateUsers= there is none but the unit's own.
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
