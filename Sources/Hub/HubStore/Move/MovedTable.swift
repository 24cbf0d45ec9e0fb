/// A table that ``HubMove`` copies: its rows in the order of its key.
struct MovedTable: Sendable {
    let name: String
    /// The first columns are the key.
    let columns: [String]
    let keyCount: Int
    /// A column that refers to a later table. It is copied at the end.
    var lateColumn: String?

    init(_ name: String, key: [String], _ others: [String], late: String? = nil) {
        self.name = name
        columns = key + others
        keyCount = key.count
        lateColumn = late
    }

    /// Every table of a hub, each after those that it refers to. The log of changes and the changes for the hub's log
    /// belong to a database and not to its hub.
    static let all = [
        MovedTable("user", key: ["id"], ["profile_id", "name", "created_at_ms"]),
        MovedTable("client", key: ["id"], ["name", "secret_hash", "created_at_ms"]),
        MovedTable("client_redirect", key: ["client_id", "uri"], []),
        MovedTable(
            "client_grant", key: ["id"],
            ["client_id", "user_id", "scopes", "granted_at_ms", "family", "refreshed_at_ms"], late: "consented_by"),
        MovedTable(
            "token", key: ["hash"],
            [
                "user_id", "scopes", "issued_at_ms", "expires_at_ms", "grant_id", "may_consent", "issued_by", "label",
            ]),
        MovedTable("refresh_token", key: ["hash"], ["grant_id", "expires_at_ms", "used_at_ms"]),
        MovedTable("token_use", key: ["hash"], ["last_used_at_ms"]),
        MovedTable("admin_token", key: ["id"], ["hash", "name", "issued_at_ms", "expires_at_ms", "issued_by"]),
        MovedTable("room", key: ["id"], ["config", "changed_at_ms"]),
        MovedTable("room_member", key: ["room_id", "user_id"], ["config", "changed_at_ms"]),
        MovedTable("reading", key: ["user_id", "measured_at_ms"], ["heart_rate"]),
        MovedTable("beat", key: ["user_id", "start_s", "end_s", "value"], []),
        MovedTable("reading_detail", key: ["user_id", "measured_at_ms"], ["contact", "rr"]),
        MovedTable(
            "reading_slot", key: ["user_id", "slot"],
            [
                "first_ms", "last_ms", "readings", "rate_sum", "lowest_rate", "highest_rate", "minute_bits",
                "intervals",
            ]),
        MovedTable("slot_backlog", key: ["user_id"], ["before_ms"]),
        MovedTable("profile", key: ["user_id"], ["max_heart_rate"]),
    ]

    /// Tables whose next `id` follows the copied ones.
    static let numbered = ["user", "client_grant", "admin_token"]

    private var keys: String { columns.prefix(keyCount).joined(separator: ", ") }

    /// The columns that a verification compares.
    private var allColumns: [String] { columns + (lateColumn.map { [$0] } ?? []) }

    // MARK: Statements

    /// The rows after a key; the first ones without.
    func rows(after key: [SQLValue], limit: Int, _ db: any SQLSession) throws -> [[SQLValue]] {
        let parameters = (1...keyCount).map { "?\($0)" }.joined(separator: ", ")
        let condition = key.isEmpty ? "" : " WHERE (\(keys)) > (\(parameters))"
        let sql = """
            SELECT \(allColumns.joined(separator: ", ")) FROM "\(name)"\(condition) ORDER BY \(keys) LIMIT \(limit)
            """
        return try db.run(sql, with: key).rows.map(\.all)
    }

    func key(of row: [SQLValue]) -> [SQLValue] { Array(row.prefix(keyCount)) }

    /// Rows that are there stay as they are.
    func insert(_ rows: [[SQLValue]], _ db: any SQLSession) throws {
        let width = columns.count
        let places = rows.indices.map { row in
            "(" + (1...width).map { "?\(row * width + $0)" }.joined(separator: ", ") + ")"
        }
        let sql = """
            INSERT INTO "\(name)" (\(columns.joined(separator: ", "))) VALUES \(places.joined(separator: ", "))
            ON CONFLICT DO NOTHING
            """
        _ = try db.run(sql, with: rows.flatMap { $0.prefix(width) })
    }

    /// Sets the late column of rows that have one.
    func setLateColumn(_ rows: [[SQLValue]], _ db: any SQLSession) throws {
        guard let lateColumn, keyCount == 1, let key = columns.first else { return }
        for row in rows where row.last != .null {
            _ = try db.run(
                "UPDATE \"\(name)\" SET \(lateColumn) = ?1 WHERE \(key) = ?2", with: [row[columns.count], row[0]])
        }
    }
}
