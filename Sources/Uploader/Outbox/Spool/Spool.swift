import GRDB

/// Readings that the file does not have yet, in a small outbox in the kernel's memory: it survives a crash of the
/// program, costs the SD card no writes, and is lost with the power.
///
/// With ``Durability/processCrash`` the file is written only every ``OutboxOptions/syncInterval``, and the spool is
/// cleared then. Readings that are in it when an outbox is opened are from a crash.
struct Spool {
    /// As many as wait in memory for the file: more than two hours of a strap that notifies each second, or 100 s of 20
    /// straps at four a second.
    static let limit = 8192
    /// Boots are named in the outbox's file; all that is here is of one.
    private static let bootID: Int64 = 0

    private let place: SpoolPlace
    private var store: OutboxStore
    private(set) var readings = 0
    private(set) var isEmpty = true

    /// Opens the spool of the outbox at this path, whose file is there, and makes it when there is none.
    /// - Throws: ``OutboxError``, GRDB's `DatabaseError`.
    init(forOutboxAt outbox: String) throws {
        place = try SpoolPlace(forOutboxAt: outbox)
        try place.make()
        store = try OutboxStore(path: place.file)
        let content = try Self.content(store)
        readings = content.entries.count
        isEmpty = content == Content()
    }

    /// Reads the spool of the outbox at this path; nil if there is none, or none that this user may read.
    static func content(forOutboxAt outbox: String) -> Content? {
        guard let place = try? SpoolPlace(forOutboxAt: outbox), place.exists,
            let store = try? OutboxStore(reading: place.file)
        else { return nil }
        defer { try? store.close() }
        return try? content(store)
    }

    func content() throws -> Content { try Self.content(store) }

    /// All of them, or none.
    mutating func append(_ entries: [OutboxEntry]) throws {
        isEmpty = false
        try store.append(entries, bootID: Self.bootID, synced: false)
        readings += entries.count
    }

    mutating func moveCursor(of lane: Lane, to id: Int64) throws {
        isEmpty = false
        let strapID = try store.strapID(lane.strap)
        try store.write(synced: false, statements: 1) { db in
            try db.cachedStatement(
                sql: """
                    INSERT INTO lane (strap, destination, cursor, is_declared) VALUES (?, ?, ?, 1)
                    ON CONFLICT (strap, destination) DO UPDATE SET cursor = excluded.cursor
                    """
            ).execute(arguments: [strapID, lane.destination, id])
        }
    }

    /// The outbox's file has all of it.
    mutating func clear() throws {
        guard !isEmpty else { return }
        try store.write(synced: false) { db in
            try db.execute(sql: "DELETE FROM reading; DELETE FROM lane")
        }
        readings = 0
        isEmpty = true
    }

    /// Closes it; its content stays.
    func close() {
        try? store.close()
        if isEmpty { place.remove() }
    }

    private static func content(_ store: OutboxStore) throws -> Content {
        try store.database.read { db in
            var content = Content()
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(ReadingRow.columns), strap.name FROM reading JOIN strap ON strap.id = reading.strap
                    ORDER BY reading.id
                    """)
            while let row = try rows.next() { content.entries.append(try ReadingRow.entry(row, strap: row[7])) }
            let lanes = try Row.fetchCursor(
                db, sql: "SELECT strap.name, destination, cursor FROM lane JOIN strap ON strap.id = lane.strap")
            while let row = try lanes.next() { content.cursors[Lane(strap: row[0], destination: row[1])] = row[2] }
            return content
        }
    }
}
