import FoundationEssentials
import Postgres

/// A connection to the hub's database on PostgreSQL.
struct PostgresSession: SQLSession {
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    func run(_ sql: String, with values: [SQLValue]) throws -> SQLResult {
        let answer = try connection.run(Self.numbered(sql), values.map(PostgresValue.init(_:)))
        return SQLResult(
            rows: try answer.rows.map { SQLRow(try $0.map(SQLValue.init(_:))) }, changedCount: answer.changedCount)
    }

    /// The statement with `$1` in place of `?1`.
    static func numbered(_ sql: String) -> String {
        String(decoding: sql.utf8.map { $0 == UInt8(ascii: "?") ? UInt8(ascii: "$") : $0 }, as: UTF8.self)
    }
}

extension PostgresValue {
    fileprivate init(_ value: SQLValue) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .int8(number)
        case .real(let number): self = .double(number)
        // PostgreSQL has no zero byte in a text. No name has one, so a search finds nothing.
        case .text(let text): self = .text(text.replacing("\0", with: "\u{FFFD}"))
        case .bytes(let bytes): self = .bytea([UInt8](bytes))
        }
    }
}

extension SQLValue {
    fileprivate init(_ value: PostgresValue) throws {
        switch value {
        case .null: self = .null
        case .bool(let isTrue): self = isTrue.sqlValue
        case .int8(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .text(let text): self = .text(text)
        case .bytea(let bytes): self = .bytes(Data(bytes))
        case .array: throw PostgresError(.value, "a column of the answer is an array")
        }
    }
}
