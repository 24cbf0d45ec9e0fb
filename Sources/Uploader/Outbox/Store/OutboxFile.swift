import Files
import FoundationEssentials
import Glibc

/// The files of an outbox, as the file system sees them.
package enum OutboxFile {
    /// Which file a path leads to, and on which disk its folder is.
    struct Place: Equatable {
        /// The device and the number of the file; nil when there is none.
        let file: [UInt64]?
        /// Nil when there is no folder.
        let folderDevice: UInt64?

        init(_ path: String) {
            var status = stat()
            file = stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
            folderDevice = stat(OutboxFile.folder(of: path), &status) == 0 ? UInt64(status.st_dev) : nil
        }
    }

    /// What SQLite keeps beside the file.
    static let companions = ["-wal", "-shm"]
    private static let damagedMark = ".damaged-"

    /// The damaged files that were moved aside from `path`, oldest first.
    package static func damagedFiles(of path: String) -> [String] {
        let folder = folder(of: path)
        let prefix = String(path.split(separator: "/").last ?? "") + damagedMark
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(prefix) && !companions.contains(where: $0.hasSuffix) }.sorted()
            .map { folder + "/" + $0 }
    }

    /// Makes an empty file, unless there is one. SQLite would make it readable for everyone. Its other files take their
    /// mode from this one.
    static func make(_ path: String) throws(OutboxError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw OutboxError(systemError: errno, path: path)
        }
    }

    /// Moves the file aside with what SQLite keeps beside it, and returns where to. Nothing is ever overwritten.
    static func moveAside(_ path: String, as mark: String = damagedMark) throws(OutboxError) -> String {
        let stamp = timestamp()
        for attempt in 0... {
            let aside = path + mark + stamp + (attempt == 0 ? "" : "-\(attempt)")
            guard access(aside, F_OK) != 0 else { continue }
            // The write-ahead log first: without its file it stays as it is, with another file it would be lost.
            for companion in companions { rename(path + companion, aside + companion) }
            guard rename(path, aside) == 0 else { throw OutboxError(systemError: errno, path: path) }
            return aside
        }
        preconditionFailure("there is always one more name")
    }

    /// Whether a file that SQLite cannot read as an outbox was one: judged by its first pages, or because it is empty.
    /// Any other file was named by mistake, and is left alone.
    static func wasOutbox(_ path: String) -> Bool {
        let start = start(of: path, count: firstBytes)
        if start.isEmpty { return isEmptyWithLog(path) }
        if start.count >= 72, Array(start[68..<72]) == applicationIDBytes { return true }
        if start.allSatisfy({ $0 == 0 }) { return true }
        let text = String(decoding: start, as: UTF8.self)
        return text.contains("CREATE TABLE set_aside") || text.contains("CREATE TABLE reading")
    }

    /// Whether a file was named by mistake. It stays as it is: its mode, and without a lock beside it.
    static func isOfAnotherProgram(_ path: String) -> Bool {
        // After a crash the first page may be there, and that of the file damaged.
        guard !hasLog(path) else { return false }
        let start = start(of: path, count: firstBytes)
        switch SQLiteHeader.content(start, applicationID: Schema.applicationID) {
        case .none, .own: return false
        case .otherDatabase:
            // The table of migrations alone is what a crash leaves of an outbox that was only just begun.
            return !wasOutbox(path) && !String(decoding: start, as: UTF8.self).contains("grdb_migrations")
        case .otherFile: return !wasOutbox(path)
        }
    }

    /// SQLite would take an empty file for a new one, and throw its log away.
    static func isEmptyWithLog(_ path: String) -> Bool {
        size(path) == 0 && hasLog(path)
    }

    static func hasLog(_ path: String) -> Bool { size(path + "-wal") ?? 0 > 0 }

    /// SQLite takes a file with such a version in its header for read-only.
    static func hasWrongVersion(_ path: String) -> Bool {
        let start = start(of: path, count: 20)
        return start.count == 20 && (start[18] > 2 || start[19] > 2)
    }

    static func isOnReadOnlyDisk(_ path: String) -> Bool {
        var status = statvfs()
        return statvfs(folder(of: path), &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
    }

    /// Without space for the 32 KiB of its shared memory, SQLite reports an I/O error.
    static func isOnFullDisk(_ path: String) -> Bool {
        var status = statvfs()
        guard statvfs(folder(of: path), &status) == 0 else { return false }
        // Some file systems have more blocks than there are bytes in a number.
        let (bytes, isTooLarge) = UInt(status.f_bavail).multipliedReportingOverflow(by: UInt(status.f_frsize))
        return !isTooLarge && bytes < 65_536
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The schema is on the first few pages.
    private static let firstBytes = 8 * Schema.pageBytes
    private static let applicationIDBytes = withUnsafeBytes(of: UInt32(Schema.applicationID).bigEndian, Array.init)

    private static func start(of path: String, count: Int) -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return Data() }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = read(descriptor, &bytes, count)
        return Data(bytes.prefix(max(0, got)))
    }

    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Brings a file or a folder to the disk.
    static func sync(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// As in `20260301T120000Z`.
    private static func timestamp() -> String {
        var now = Glibc.time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 20)
        let count = strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
