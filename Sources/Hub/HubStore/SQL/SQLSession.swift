/// A connection to a database within one read or one transaction. The tables' statements run on it.
///
/// A statement is SQL that SQLite and PostgreSQL both understand. `?1` is its first parameter, and may occur more than
/// once. Statements are prepared once and cached by their text.
protocol SQLSession {
    /// Runs one statement.
    func run(_ sql: String, with values: [SQLValue]) throws -> SQLResult
}

extension SQLSession {
    /// Returns the number of changed rows.
    @discardableResult
    func execute(_ sql: String, _ values: (any SQLConvertible)?...) throws -> Int {
        try run(sql, with: values.map { $0?.sqlValue ?? .null }).changedCount
    }

    func rows(_ sql: String, _ values: (any SQLConvertible)?...) throws -> [SQLRow] {
        try run(sql, with: values.map { $0?.sqlValue ?? .null }).rows
    }

    /// The first row; nil if there is none.
    func row(_ sql: String, _ values: (any SQLConvertible)?...) throws -> SQLRow? {
        try run(sql, with: values.map { $0?.sqlValue ?? .null }).rows.first
    }

    /// The first column of the first row; nil if there is no row, or if it is NULL.
    func value<Value: SQLConvertible>(_ sql: String, _ values: (any SQLConvertible)?...) throws -> Value? {
        guard let row = try run(sql, with: values.map { $0?.sqlValue ?? .null }).rows.first else { return nil }
        let value: Value? = try row[0]
        return value
    }

    /// The `id` of a row that the statement inserted, with `RETURNING id`.
    func newID(_ sql: String, _ values: (any SQLConvertible)?...) throws -> Int64 {
        guard let row = try run(sql, with: values.map { $0?.sqlValue ?? .null }).rows.first else {
            throw SQLTypeError(column: 0, expected: "\(Int64.self)")
        }
        return try row[0]
    }

    /// Runs a part of a transaction. Undoes it if `body` returns false.
    func savepoint(_ body: () throws -> Bool) throws {
        try execute("SAVEPOINT part")
        do {
            if try !body() { try execute("ROLLBACK TO SAVEPOINT part") }
        } catch {
            try execute("ROLLBACK TO SAVEPOINT part")
            try execute("RELEASE SAVEPOINT part")
            throw error
        }
        try execute("RELEASE SAVEPOINT part")
    }
}
