import CLinux
import Glibc

/// Where the spool of an outbox is: a folder of its own in memory that outlives the program. Each outbox has one, the
/// same for every path to it and for every way to start the program.
///
/// Not in systemd's runtime folder: that is emptied when a service ends, after a crash too. (systemd.exec(5),
/// `RuntimeDirectoryPreserve=`; for `/dev/shm` see `RemoveIPC=`)
struct SpoolPlace {
    private static let memory = "/dev/shm"
    /// `TMPFS_MAGIC` of linux/magic.h.
    private static let tmpfsMagic = 0x0102_1994
    private static let fileName = "spool.sqlite"

    private let folder: String
    private let owner: uid_t

    var file: String { "\(folder)/\(Self.fileName)" }

    /// - Throws: ``OutboxError`` where there is no such memory.
    init(forOutboxAt outbox: String) throws(OutboxError) {
        var status = stat()
        guard let path = realpath(outbox, nil), stat(outbox, &status) == 0 else {
            throw OutboxError(systemError: errno, path: outbox)
        }
        defer { free(path) }
        owner = status.st_uid
        let name = String(cString: path).replacing("%", with: "%25").replacing("/", with: "%2F")
        folder = "\(Self.memory)/strapline-\(owner)-\(name)"
        var system = statfs()
        // The first process of a container takes the container's memory with it.
        guard statfs(Self.memory, &system) == 0, Int(system.f_type) == Self.tmpfsMagic, getpid() != 1 else {
            throw OutboxError(.missing, path: folder, detail: "no memory that outlives the program")
        }
    }

    var exists: Bool { isOurs && access(file, F_OK) == 0 }

    /// - Throws: ``OutboxError``, also if another user has made the folder: every user may make files there.
    func make() throws(OutboxError) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw OutboxError(systemError: errno, path: folder) }
        guard isOurs else { throw OutboxError(.notPermitted, path: folder, detail: "not a folder of this user alone") }
        try OutboxFile.make(file)
    }

    func remove() {
        for companion in [""] + OutboxFile.companions { unlink(file + companion) }
        rmdir(folder)
    }

    /// Whether the folder belongs to the outbox's owner, and no other user may write there.
    private var isOurs: Bool {
        var status = stat()
        return lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == owner
            && status.st_mode & 0o077 == 0
    }
}
