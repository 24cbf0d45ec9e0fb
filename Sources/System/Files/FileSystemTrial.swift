import Glibc

/// Tries whether a folder's file system has the functions that a SQLite database with a write-ahead log needs: shared
/// mappings, locks and syncs. Network file systems, FUSE and shared folders of virtual machines often lack one.
package enum FileSystemTrial {
    /// A function that a file system lacks.
    package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// The type in the table of mounts: `9p`, `fuse.sshfs`, `nfs4`.
        package let fileSystem: String
        /// `no shared memory (mmap: No such device)`
        package let lack: String

        /// The end of a sentence about a folder or a file.
        package var description: String {
            "the file system there (\(fileSystem)) has \(lack), which a database needs"
        }
    }

    /// Tries with a temporary file in `folder`; nil when everything works. Also nil when no file can be made, which
    /// callers report themselves.
    package static func failure(in folder: String) -> Failure? {
        // mkstemp(3) replaces the six letters with a unique text.
        var template = Array((folder + "/.strapline-trial-XXXXXX").utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { return nil }
        defer {
            close(file)
            _ = unlink(template)
        }
        return lack(of: file).map { Failure(fileSystem: name(of: file) ?? "of an unknown kind", lack: $0) }
    }

    private static func lack(of file: Int32) -> String? {
        let size = Int(getpagesize())
        // The file stays empty, because it cannot grow on a full disk.
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let memory, memory != MAP_FAILED else { return "no shared memory (mmap: \(systemWords))" }
        munmap(memory, size)
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_len = 1
        guard fcntl(file, F_SETLK, &range) == 0 else { return "no locks (fcntl: \(systemWords))" }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return "no locks (flock: \(systemWords))" }
        guard fsync(file) == 0 || errno == ENOSPC || errno == EDQUOT || errno == EIO else {
            return "no sync (fsync: \(systemWords))"
        }
        return nil
    }

    private static var systemWords: String { String(cString: strerror(errno)) }

    /// The file system's type in the table of mounts (proc(5)).
    private static func name(of file: Int32) -> String? {
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        let device = status.st_dev
        let number = "\((device >> 8) & 0xFFF):\((device & 0xFF) | ((device >> 12) & 0xFFF00))"
        return mountTable().split(separator: "\n").lazy.compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == number, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
            else { return nil }
            return String(fields[dash + 1])
        }.first
    }

    private static func mountTable() -> String {
        let file = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer.prefix(count)
        }
    }
}
