import CLinux
import FoundationEssentials
import Glibc

/// What the outbox's file does not have yet, kept where no crash of this program reaches it and where it costs the card
/// nothing: a file in the kernel's memory (tmpfs). It goes with the power.
///
/// With ``Durability/processCrash`` the outbox writes its file every ``OutboxOptions/syncInterval`` only, and then clears
/// this one. What is here when an outbox is opened was left by a crash.
final class Spool {
    /// Where every Linux has memory that outlives a process; systemd empties its runtime folders when a service ends.
    private static let folder = "/dev/shm"
    private static let tmpfsMagic = 0x0102_1994
    /// Far more than the readings of the longest interval: a disk that fails for hours does not fill the memory.
    private static let limitBytes = 8 << 20

    private let path: String
    private let descriptor: CInt
    private(set) var size: Int

    /// Opens the spool of the outbox at this path; makes it when there is none and `creates` says so.
    /// - Throws: ``OutboxError`` where there is none, or no memory that outlives this program.
    init(forOutboxAt outbox: String, creates: Bool) throws(OutboxError) {
        path = Self.path(forOutboxAt: outbox)
        var system = statfs()
        // The first process of a container takes the container's memory with it.
        guard statfs(Self.folder, &system) == 0, Int(system.f_type) == Self.tmpfsMagic, getpid() != 1 else {
            throw OutboxError(.missing, path: path, detail: "no memory that outlives this program")
        }
        descriptor = open(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | (creates ? O_CREAT : 0), 0o600)
        guard descriptor >= 0 else { throw OutboxError(systemError: errno, path: path) }
        var status = stat()
        fstat(descriptor, &status)
        size = Int(status.st_size)
        // Anyone may make files in that folder: only one of this user's own is taken.
        guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else { throw OutboxError(.notPermitted, path: path, detail: "not a file of this user alone") }
    }

    deinit {
        close(descriptor)
    }

    /// One for each outbox and user, whatever the way to it.
    private static func path(forOutboxAt outbox: String) -> String {
        let url = URL(filePath: outbox)
        let folder = url.deletingLastPathComponent().resolvingSymlinksInPath().path
        let digits = String(Checksum.of("\(folder)/\(url.lastPathComponent)".utf8), radix: 16)
        return "\(Self.folder)/strapline-\(geteuid())-\(digits).spool"
    }

    // MARK: Records

    /// All of them, or none.
    func append(_ records: some Sequence<SpoolRecord>) throws(OutboxError) {
        var bytes: [UInt8] = []
        for record in records { record.append(to: &bytes) }
        guard size + bytes.count <= Self.limitBytes else {
            throw OutboxError(.diskFull, path: path, detail: "\(size) bytes wait for the outbox's file")
        }
        let written = write(descriptor, bytes, bytes.count)
        guard written == bytes.count else {
            let code = written < 0 ? errno : ENOSPC
            // What was begun would hide what follows it.
            ftruncate(descriptor, off_t(size))
            throw OutboxError(systemError: code, path: path)
        }
        size += bytes.count
    }

    /// What is there, but for a record whose writing was cut short.
    func records() throws(OutboxError) -> [SpoolRecord] {
        var bytes = [UInt8](repeating: 0, count: size)
        // Of a file in memory all comes at once.
        let count = pread(descriptor, &bytes, size, 0)
        guard count >= 0 else { throw OutboxError(systemError: errno, path: path) }
        return SpoolRecord.records(in: bytes.prefix(count))
    }

    /// The outbox's file has all of it.
    func clear() {
        guard size > 0, ftruncate(descriptor, 0) == 0 else { return }
        size = 0
    }

    func remove() {
        unlink(path)
    }
}
