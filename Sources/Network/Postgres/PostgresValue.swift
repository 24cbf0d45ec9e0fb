/// A parameter of a statement, or a field of a row.
package enum PostgresValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int8(Int64)
    case double(Double)
    case text(String)
    case bytea([UInt8])
    /// Elements of one type, or null.
    case array(PostgresType, [PostgresValue])

    package static func boolArray(_ values: [Bool?]) -> Self {
        .array(.bool, values.map { $0.map(Self.bool) ?? .null })
    }

    package static func int4Array(_ values: [Int32?]) -> Self {
        .array(.int4, values.map { $0.map { .int8(Int64($0)) } ?? .null })
    }

    package static func int8Array(_ values: [Int64?]) -> Self {
        .array(.int8, values.map { $0.map(Self.int8) ?? .null })
    }

    package static func doubleArray(_ values: [Double?]) -> Self {
        .array(.double, values.map { $0.map(Self.double) ?? .null })
    }

    package static func textArray(_ values: [String?]) -> Self {
        .array(.text, values.map { $0.map(Self.text) ?? .null })
    }

    package static func byteaArray(_ values: [[UInt8]?]) -> Self {
        .array(.bytea, values.map { $0.map(Self.bytea) ?? .null })
    }

    package var isNull: Bool { self == .null }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var int: Int64? {
        if case .int8(let value) = self { value } else { nil }
    }

    package var double: Double? {
        if case .double(let value) = self { value } else { nil }
    }

    package var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    package var bytes: [UInt8]? {
        if case .bytea(let value) = self { value } else { nil }
    }

    package var elements: [PostgresValue]? {
        if case .array(_, let values) = self { values } else { nil }
    }
}

/// The answer to a statement.
package struct PostgresRows: Sendable, Hashable {
    package let columns: [String]
    package let rows: [[PostgresValue]]
    /// The rows that an INSERT, UPDATE or DELETE changed, or that a SELECT returned.
    package let changedCount: Int
    /// The messages that came with it.
    package let notices: [PostgresNotice]

    package init(columns: [String], rows: [[PostgresValue]], changedCount: Int, notices: [PostgresNotice] = []) {
        self.columns = columns
        self.rows = rows
        self.changedCount = changedCount
        self.notices = notices
    }

    package var first: [PostgresValue]? { rows.first }

    package var hasWarning: Bool { notices.contains { $0.severity >= .warning } }
}
