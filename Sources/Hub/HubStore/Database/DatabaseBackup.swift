import GRDB
import Glibc

/// A copy of a hub's database.
package enum DatabaseBackup {
    /// Copies a hub's database, as of one moment, into a new file that only this user can read (0600). The hub may
    /// run and write. The copy is compact and checked.
    ///
    /// It uses `VACUUM INTO`. SQLite's backup call starts again after each write by another process, and a hub writes
    /// each second. Until the copy ends, the hub's write-ahead log grows.
    ///
    /// - Parameters:
    ///   - source: the database. It must exist.
    ///   - destination: must not exist.
    /// - Returns: the size of the copy in bytes.
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/cannotOpen``, ``HubStoreError/Code/conflict`` if the
    ///   destination exists, ``HubStoreError/Code/diskFull`` and so on. Then no file is left behind.
    package static func make(of source: String, to destination: String) async throws -> Int64 {
        guard access(source, F_OK) == 0 else {
            throw HubStoreError(.cannotOpen, "There is no database \(source). Name the hub's with --database.")
        }
        let taken = HubStoreError(.conflict, "There is a file \(destination) already. Choose another name.")
        guard access(destination, F_OK) != 0 else { throw taken }
        // Written under another name, so that a file with the right name is complete.
        var template = Array((destination + ".XXXXXX").utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else {
            throw HubStoreError(.cannotOpen, "Cannot write \(destination): \(String(cString: strerror(errno))).")
        }
        defer { Glibc.close(file) }
        let temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        defer { unlink(temporary) }
        do {
            try await copy(source, into: temporary)
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

    private static func copy(_ source: String, into destination: String) async throws {
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
                try db.execute(sql: "VACUUM INTO ?", arguments: [destination])
            }
            try database.close()
        } catch {
            throw HubStoreError(foreign: error)
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
