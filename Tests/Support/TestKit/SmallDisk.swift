import Glibc

/// A file system of some KiB in memory, which a test can fill, make read-only and detach. Only root may mount one.
package final class SmallDisk: Sendable {
    private let directory = TemporaryDirectory()
    private let sizeKibibytes: Int

    /// Whether this user may mount one.
    package static let isPermitted: Bool = {
        guard geteuid() == 0 else { return false }
        return SmallDisk(sizeKibibytes: 64) != nil
    }()

    /// The mount point.
    package var path: String { directory.path }

    /// The path of `name` on it.
    package func file(_ name: String) -> String { directory.file(name) }

    package init?(sizeKibibytes: Int) {
        self.sizeKibibytes = sizeKibibytes
        guard attach() else { return nil }
    }

    /// Mounts an empty one at the same place.
    package func attach() -> Bool {
        mount("tmpfs", path, "tmpfs", 0, "size=\(sizeKibibytes)k,mode=700") == 0
    }

    deinit {
        unmount()
    }

    /// Fills the disk, except for this size.
    package func fill(leavingKibibytes: Int = 0) {
        let descriptor = open(file("filling"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0xFF, count: 4096)
        while write(descriptor, block, block.count) == block.count {}
        var status = stat()
        fstat(descriptor, &status)
        ftruncate(descriptor, max(0, status.st_size - off_t(leavingKibibytes) * 1024))
    }

    /// Frees the space that ``fill(leavingKibibytes:)`` took.
    package func empty() {
        unlink(file("filling"))
    }

    /// Remounts it once no file on it is open for writing: a program that another test starts has all files of this
    /// process open for a moment. See ``detach()``.
    package func setReadOnly(_ isReadOnly: Bool) async throws {
        let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
        try await poll {
            if mount("tmpfs", path, "tmpfs", flags, "size=\(sizeKibibytes)k") == 0 { return true }
            guard errno == EBUSY else { preconditionFailure(String(cString: strerror(errno))) }
            return false
        }
    }

    /// Unmounts it, also while processes have files open there: these can still use their files.
    package func detach() {
        umount2(path, CInt(MNT_DETACH))
    }

    private func unmount() {
        while umount2(path, CInt(MNT_DETACH)) == 0 {}
    }
}
