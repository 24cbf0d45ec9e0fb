import GRDB

/// A connection to the hub's SQLite file.
struct SQLiteSession: SQLSession {
    let db: Database

    init(_ db: Database) {
        self.db = db
    }

    func run(_ sql: String, with values: [SQLValue]) throws -> SQLResult {
        let statement = try db.cachedStatement(sql: sql)
        let arguments = StatementArguments(values.map(\.databaseValue))
        guard statement.columnCount > 0 else {
            try statement.execute(arguments: arguments)
            return SQLResult(rows: [], changedCount: db.changesCount)
        }
        var rows: [SQLRow] = []
        let cursor = try Row.fetchCursor(statement, arguments: arguments)
        while let row = try cursor.next() { rows.append(SQLRow(row.databaseValues.map(SQLValue.init(_:)))) }
        return SQLResult(rows: rows, changedCount: db.changesCount)
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): bytes.databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .blob(let bytes): self = .bytes(bytes)
        }
    }
}
