import Crypto
import FoundationEssentials

/// Copies a hub's SQLite file into an empty PostgreSQL database, and verifies it.
///
/// An interrupted copy goes on where it stopped: the destination records the last key of each table with the rows.
/// The hub of the file must not run: its new readings would be missing, and ``verify()`` would find that.
package struct HubMove: Sendable {
    package enum Progress: Sendable, Equatable {
        /// So many rows of a table were copied in this run.
        case copied(table: String, rows: Int)
        case verified(table: String, rows: Int)
    }

    private static let rowsPerStep = 1000
    private static let rowsPerVerification = 5000

    private let source: HubDatabase
    private let destination: HubDatabase
    private let report: @Sendable (Progress) -> Void

    package init(
        from source: HubDatabase, to destination: HubDatabase,
        report: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.source = source
        self.destination = destination
        self.report = report
    }

    /// Copies all rows, then verifies them.
    /// - Returns: the number of rows by table.
    /// - Throws: ``HubStoreError/Code/conflict`` for a destination with another hub's data, and if a table differs.
    package func run() async throws -> [String: Int] {
        try await begin()
        for table in MovedTable.all {
            if table.name == "reading" { try await prepareReadings() }
            try await copy(table, part: table.name) { try table.insert($0, $1) }
        }
        for table in MovedTable.all where table.lateColumn != nil {
            try await copy(table, part: table.name + " late") { try table.setLateColumn($0, $1) }
        }
        try await destination.engine.continueNumbers(of: MovedTable.numbered)
        let counts = try await verify()
        try await destination.write { try MoveProgress.finish($0) }
        return counts
    }

    // MARK: Copying

    /// The profile ID of the first user identifies a hub.
    private func begin() async throws {
        let first: String? = try await source.read {
            try $0.value(#"SELECT profile_id FROM "user" ORDER BY id LIMIT 1"#)
        }
        guard let first else { throw HubStoreError(.conflict, "The file has no users: there is nothing to move.") }
        try await destination.write { db in
            if let known: String = try db.value("SELECT position FROM hub_move WHERE part = 'source'") {
                guard known == first else {
                    throw HubStoreError(
                        .conflict, "The database has a part of another hub. Name an empty one with --to.")
                }
                guard try !MoveProgress.hasFinished(db) else {
                    throw HubStoreError(
                        .conflict,
                        "This hub was moved to the database before, and compared. Serve it from there: its hubs may "
                            + "have changed it since.")
                }
                return
            }
            guard try db.value(#"SELECT count(*) FROM "user""#) == 0 else {
                throw HubStoreError(.conflict, "The database has users already. Name an empty one with --to.")
            }
            try db.execute("INSERT INTO hub_move (part, position) VALUES ('source', ?1)", first)
        }
    }

    private func prepareReadings() async throws {
        let bounds = try await source.read {
            try $0.row("SELECT min(measured_at_ms), max(measured_at_ms) FROM reading")
        }
        guard let bounds, let first = try bounds[0] as Int64?, let last = try bounds[1] as Int64? else { return }
        try await destination.engine.prepare(readingsFrom: first, to: last)
    }

    private func copy(
        _ table: MovedTable, part: String,
        _ write: @escaping @Sendable (_ rows: [[SQLValue]], _ db: any SQLSession) throws -> Void
    ) async throws {
        var key = try await position(of: part)
        var count = 0
        while true {
            try Task.checkCancellation()
            let rows = try await source.read { [key] in try table.rows(after: key, limit: Self.rowsPerStep, $0) }
            guard let last = rows.last else { break }
            key = table.key(of: last)
            try await destination.write { [key] db in
                try write(rows, db)
                try db.execute(
                    """
                    INSERT INTO hub_move (part, position) VALUES (?1, ?2)
                    ON CONFLICT (part) DO UPDATE SET position = excluded.position
                    """, part, MovePosition(key).text)
            }
            count += rows.count
            report(.copied(table: table.name, rows: count))
        }
    }

    private func position(of part: String) async throws -> [SQLValue] {
        let text: String? = try await destination.read {
            try $0.value("SELECT position FROM hub_move WHERE part = ?1", part)
        }
        return try text.map { try MovePosition(text: $0).key } ?? []
    }

    // MARK: Verification

    /// Reads all rows of both databases, and compares their numbers and their SHA-256.
    private func verify() async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for table in MovedTable.all {
            let (sourceSum, sourceCount) = try await sum(of: table, in: source)
            let (destinationSum, destinationCount) = try await sum(of: table, in: destination)
            guard sourceCount == destinationCount, sourceSum == destinationSum else {
                throw HubStoreError(
                    .conflict,
                    "The table \(table.name) differs: \(sourceCount) rows in the file, \(destinationCount) in the "
                        + "database. Stop the hub of the file, empty the database, and move again.")
            }
            counts[table.name] = sourceCount
            report(.verified(table: table.name, rows: sourceCount))
        }
        return counts
    }

    private func sum(of table: MovedTable, in database: HubDatabase) async throws -> (Data, Int) {
        var hash = SHA256()
        var count = 0
        var key: [SQLValue] = []
        while true {
            let rows = try await database.read { [key] in
                try table.rows(after: key, limit: Self.rowsPerVerification, $0)
            }
            guard let last = rows.last else { break }
            for row in rows { hash.update(data: Data(row.map(MovePosition.text(of:)).joined(separator: "|").utf8)) }
            count += rows.count
            key = table.key(of: last)
        }
        return (Data(hash.finalize()), count)
    }
}

/// Whether the database has a whole hub, in the table `hub_move`.
enum MoveProgress {
    static func hasFinished(_ db: any SQLSession) throws -> Bool {
        try db.row("SELECT 1 FROM hub_move WHERE part = 'verified'") != nil
    }

    static func finish(_ db: any SQLSession) throws {
        try db.execute(
            "INSERT INTO hub_move (part, position) VALUES ('verified', '') ON CONFLICT (part) DO NOTHING")
    }

    /// - Throws: ``HubStoreError/Code/cannotOpen`` for a database with a part of a hub: clients
    ///   would get 401, and new readings would end the move.
    static func requireWhole(_ db: any SQLSession) throws {
        let hasBegun = try db.row("SELECT 1 FROM hub_move WHERE part = 'source'") != nil
        guard try !hasBegun || hasFinished(db) else {
            throw HubStoreError(
                .cannotOpen,
                "A hub was moved to this database in part only. Run strapline-hub move again, which goes on.")
        }
    }
}

/// The key of the last copied row, as text.
struct MovePosition: Sendable, Hashable {
    private static let separator: Character = "\n"

    let key: [SQLValue]

    init(_ key: [SQLValue]) {
        self.key = key
    }

    init(text: String) throws {
        key = try text.split(separator: Self.separator, omittingEmptySubsequences: false).map { part in
            let rest = part.dropFirst()
            switch part.first {
            case "i": if let number = Int64(rest) { return .integer(number) }
            case "r": if let bits = UInt64(rest, radix: 16) { return .real(Double(bitPattern: bits)) }
            case "t": return .text(String(rest))
            case "b": if let bytes = Data(hexadecimal: rest) { return .bytes(bytes) }
            default: break
            }
            throw HubStoreError(.unavailable, "The progress of the move cannot be read. Empty the database.")
        }
    }

    var text: String { key.map(Self.text(of:)).joined(separator: String(Self.separator)) }

    /// Equal values of both databases are equal texts.
    static func text(of value: SQLValue) -> String {
        switch value {
        case .null: "n"
        case .integer(let number): "i\(number)"
        case .real(let number): "r" + String(number.bitPattern, radix: 16)
        case .text(let text): "t\(text)"
        case .bytes(let bytes): "b" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }
}
