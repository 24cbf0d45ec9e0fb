/// One row of an answer.
struct SQLRow: Sendable {
    private let values: [SQLValue]

    /// All columns.
    var all: [SQLValue] { values }

    init(_ values: [SQLValue]) {
        self.values = values
    }

    /// The value of a column, counted from 0. An optional type allows NULL.
    /// - Throws: ``SQLTypeError``.
    subscript<Value: SQLConvertible>(_ column: Int) -> Value {
        get throws(SQLTypeError) {
            guard values.indices.contains(column), let value = Value(values[column]) else {
                throw SQLTypeError(column: column, expected: "\(Value.self)")
            }
            return value
        }
    }
}

/// A column holds a value of another type: another program wrote it.
struct SQLTypeError: Error, Sendable, CustomStringConvertible {
    let column: Int
    let expected: String

    var description: String { "column \(column) of the answer is no \(expected)" }
}

/// The answer to one statement.
struct SQLResult: Sendable {
    let rows: [SQLRow]
    /// Rows that the statement inserted, updated or deleted.
    let changedCount: Int

    init(rows: [SQLRow], changedCount: Int) {
        self.rows = rows
        self.changedCount = changedCount
    }
}
