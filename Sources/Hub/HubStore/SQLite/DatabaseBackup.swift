import GRDB
import Glibc

/// A copy of a hub's database.
package enum DatabaseBackup {
    /// The progress of a backup.
    package enum Progress: Sendable, Equatable {
        /// So much of the database is copied. Free pages are not.
        case copying(bytes: Int64, of: Int64)
        /// The copy is complete, and SQLite reads it once.
        case checking
    }

    /// The pause between two reports.
    private static let reportInterval: Duration = .milliseconds(200)

    /// Copies a hub's database, as of one moment, into a new file that only this user can read (0600). The hub may
    /// run and write. The copy is compact and checked.
    ///
    /// It uses `VACUUM INTO`. SQLite's backup call starts again after each write by another process, and a hub writes
    /// each second. Until the copy ends, the hub's write-ahead log grows.
    ///
    /// - Parameters:
    ///   - source: the database. It must exist.
    ///   - destination: must not exist.
    ///   - report: gets the progress, at the start and then some times a second.
    /// - Returns: the size of the copy in bytes.
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/cannotOpen``, ``HubStoreError/Code/conflict`` if the
    ///   destination exists, ``HubStoreError/Code/diskFull`` and so on. Then no file is left behind.
    package static func make(
        of source: String, to destination: String, report: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Int64 {
        guard access(source, F_OK) == 0 else {
            throw HubStoreError(.cannotOpen, "There is no database \(source). Name the hub's with --database.")
        }
        let taken = HubStoreError(.conflict, "There is a file \(destination) already. Choose another name.")
        guard access(destination, F_OK) != 0 else { throw taken }
        // Written under another name, so that a file with the right name is complete.
        // mkstemp(3) replaces the six letters with a unique text.
        var template = Array((destination + ".XXXXXX").utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else {
            throw HubStoreError(.cannotOpen, "Cannot write \(destination): \(String(cString: strerror(errno))).")
        }
        defer { Glibc.close(file) }
        let temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        defer { unlink(temporary) }
        do {
            try await copy(source, into: temporary, report)
        } catch let error as HubStoreError where error.code == .unavailable {
            for path in [source, destination] {
                guard let failure = DatabaseFile.unsuitability(of: path) else { continue }
                throw HubStoreError(
                    .cannotOpen, "No backup was made, \(path): \(failure). Copy from a local disk to a local disk.")
            }
            throw error
        }
        guard fsync(file) == 0 else {
            throw HubStoreError(.unavailable, "Cannot write \(destination): \(String(cString: strerror(errno))).")
        }
        report(.checking)
        try await check(temporary)
        // `link` never replaces a file. File systems of USB sticks have no links: there the check above must do.
        if link(temporary, destination) != 0 {
            if errno == EEXIST { throw taken }
            guard access(destination, F_OK) != 0 else { throw taken }
            guard rename(temporary, destination) == 0 else {
                throw HubStoreError(.unavailable, "Cannot write \(destination): \(String(cString: strerror(errno))).")
            }
        }
        var status = stat()
        return fstat(file, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func copy(
        _ source: String, into destination: String, _ report: @escaping @Sendable (Progress) -> Void
    ) async throws {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(DatabaseFile.busyTimeoutSeconds)
            let database = try DatabaseQueue(path: source, configuration: configuration)
            try await database.writeWithoutTransaction { db in
                guard try Int64.fetchOne(db, sql: "PRAGMA application_id") == HubSchema.applicationID else {
                    throw HubStoreError(
                        .foreignDatabase, "\(source) is not a hub's database. Name the hub's with --database.")
                }
            }
            let total = try await database.read { db in
                try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT (page_count - freelist_count) * page_size
                        FROM pragma_page_count, pragma_freelist_count, pragma_page_size
                        """) ?? 0
            }
            try await following(destination, total: total, report) {
                try await database.writeWithoutTransaction { db in
                    try db.execute(sql: "VACUUM INTO ?", arguments: [destination])
                }
            }
            try database.close()
        } catch {
            throw HubStoreError(foreign: error)
        }
    }

    /// Reports the growth of a file while `work` writes it.
    private static func following(
        _ path: String, total: Int64, _ report: @escaping @Sendable (Progress) -> Void,
        _ work: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                repeat {
                    var status = stat()
                    let size = stat(path, &status) == 0 ? Int64(status.st_size) : 0
                    report(.copying(bytes: min(size, total), of: total))
                } while (try? await Task.sleep(for: reportInterval)) != nil
            }
            defer { group.cancelAll() }
            try await work()
        }
    }

    private static func check(_ path: String) async throws {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let database = try DatabaseQueue(path: path, configuration: configuration)
            let answer = try await database.read { try String.fetchOne($0, sql: "PRAGMA integrity_check(1)") }
            try database.close()
            guard answer == "ok" else {
                throw HubStoreError(
                    .unavailable, "The hub's database is damaged: \(answer ?? ""). No backup was made; see docs/hub.md."
                )
            }
        } catch {
            throw HubStoreError(foreign: error)
        }
    }
}
