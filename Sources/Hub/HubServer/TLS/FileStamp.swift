import Glibc

/// The state of a file, for comparison; it also differs if a link points to another file.
struct FileStamp: Sendable, Hashable {
    private let inode: UInt64
    private let bytes: Int64
    private let modifiedSeconds: Int64
    private let modifiedNanoseconds: Int64

    /// Nil if there is no file, or no permission.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        bytes = Int64(status.st_size)
        modifiedSeconds = Int64(status.st_mtim.tv_sec)
        modifiedNanoseconds = Int64(status.st_mtim.tv_nsec)
    }
}
