import Glibc
import Synchronization

/// Locks of a SQLite file between processes, beside SQLite's own.
///
/// They belong to an open file description and end with the process. Their bytes are beyond those that SQLite locks.
final class DatabaseLock: Sendable {
    private enum Purpose: off_t {
        /// A second hub is kept away: viewers at one hub would not hear the readings of the other.
        case serving
        /// One process at a time makes or changes the tables.
        case opening
    }

    /// Linux's `F_OFD_SETLK` and `F_OFD_SETLKW`, which the module of the C library lacks.
    private static let setLock: CInt = 37
    private static let setLockAndWait: CInt = 38
    private static let firstByte: off_t = 0x5374_4862_0000

    private let path: String
    // The lock guards one value. No work is done under it.
    private let descriptor = Mutex<CInt?>(nil)

    init(path: String) {
        self.path = path
    }

    deinit { end() }

    /// Returns false if another process serves the file. Without such locks in a file system every hub succeeds.
    func takeForServing() -> Bool {
        set(F_WRLCK, for: .serving) || errno != EAGAIN && errno != EACCES
    }

    /// Runs `body` while no other process is at the same point.
    func whileOpening<Value>(_ body: () throws -> Value) rethrows -> Value {
        _ = set(F_WRLCK, for: .opening, waits: true)
        defer { _ = set(F_UNLCK, for: .opening) }
        return try body()
    }

    /// After SQLite has closed the file: closing a descriptor ends SQLite's locks on it.
    func end() {
        let file = descriptor.withLock { file in
            defer { file = nil }
            return file
        }
        if let file, file >= 0 { close(file) }
    }

    private func set(_ kind: CInt, for purpose: Purpose, waits: Bool = false) -> Bool {
        let file = descriptor.withLock { file in
            if file == nil { file = open(path, O_RDWR | O_CLOEXEC) }
            return file ?? -1
        }
        var lock = Glibc.flock()
        lock.l_type = Int16(kind)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = Self.firstByte + purpose.rawValue
        lock.l_len = 1
        return fcntl(file, waits ? Self.setLockAndWait : Self.setLock, &lock) == 0
    }
}
