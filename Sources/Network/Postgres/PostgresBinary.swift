/// PostgreSQL's binary format of values: numbers with the highest byte first.
enum PostgresBinary {
    // MARK: Parameters

    /// The number of the type that a parameter is sent with; 0 lets the server find it.
    static func oid(of value: PostgresValue) -> UInt32 {
        switch value {
        case .null: 0
        case .bool: PostgresType.bool.oid
        case .int8: PostgresType.int8.oid
        case .double: PostgresType.double.oid
        case .text: PostgresType.text.oid
        case .bytea: PostgresType.bytea.oid
        case .array(let type, _): type.arrayOID
        }
    }

    /// Nil for null.
    static func encode(_ value: PostgresValue) throws(PostgresError) -> [UInt8]? {
        switch value {
        case .null: nil
        case .bool(let value): [value ? 1 : 0]
        case .int8(let value): bytes(value)
        case .double(let value): bytes(value.bitPattern)
        case .text(let value): try text(value)
        case .bytea(let value): value
        case .array(let type, let values): try array(type, values)
        }
    }

    private static func array(_ type: PostgresType, _ values: [PostgresValue]) throws(PostgresError) -> [UInt8] {
        let hasNull = values.contains { $0.isNull }
        // Dimensions, then for the only one its length and the index of its first element.
        var encoded = bytes(Int32(values.isEmpty ? 0 : 1)) + bytes(Int32(hasNull ? 1 : 0)) + bytes(type.oid)
        if !values.isEmpty { encoded += bytes(Int32(values.count)) + bytes(Int32(1)) }
        for value in values {
            guard let element = try encode(value, as: type) else {
                encoded += bytes(Int32(-1))
                continue
            }
            encoded += bytes(Int32(element.count))
            encoded += element
        }
        return encoded
    }

    private static func encode(_ value: PostgresValue, as type: PostgresType) throws(PostgresError) -> [UInt8]? {
        switch (type, value) {
        case (.int4, .int8(let number)):
            guard let number = Int32(exactly: number) else {
                throw PostgresError(.value, "\(number) is too large for an int4")
            }
            return bytes(number)
        case (_, .null), (.bool, .bool), (.bytea, .bytea), (.int8, .int8), (.double, .double), (.text, .text):
            return try encode(value)
        default: throw PostgresError(.value, "an array of \(type) has an element of another type")
        }
    }

    private static func text(_ value: String) throws(PostgresError) -> [UInt8] {
        let bytes = Array(value.utf8)
        guard !bytes.contains(0) else { throw PostgresError(.value, "a text has a zero byte") }
        return bytes
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    // MARK: Fields

    /// A field of a column with the type `oid`.
    static func decode(
        _ field: UnsafeRawBufferPointer, oid: UInt32, column: String
    ) throws(PostgresError) -> PostgresValue {
        var reader = Reader(rest: field)
        let value: PostgresValue?
        switch oid {
        case 16: value = reader.integer(Int8.self).map { .bool($0 != 0) }
        case 17: return .bytea(Array(field))
        case 20: value = reader.integer(Int64.self).map(PostgresValue.int8)
        case 21: value = reader.integer(Int16.self).map { .int8(Int64($0)) }
        case 23: value = reader.integer(Int32.self).map { .int8(Int64($0)) }
        // oid
        case 26: value = reader.integer(UInt32.self).map { .int8(Int64($0)) }
        case 700: value = reader.integer(UInt32.self).map { .double(Double(Float(bitPattern: $0))) }
        case 701: value = reader.integer(UInt64.self).map { .double(Double(bitPattern: $0)) }
        // "char", name, text, json, unknown, character, character varying
        case 18, 19, 25, 114, 705, 1042, 1043: return .text(String(decoding: field, as: UTF8.self))
        // void: a function without a result
        case 2278: return .null
        default: return try array(reader, oid: oid, column: column)
        }
        guard let value, reader.rest.isEmpty else { throw malformed(column) }
        return value
    }

    private static func array(_ start: Reader, oid: UInt32, column: String) throws(PostgresError) -> PostgresValue {
        guard let type = PostgresType.allCases.first(where: { $0.arrayOID == oid }) else {
            throw PostgresError(.value, "column \(column) has the type \(oid). Convert it in SQL: \(column)::text")
        }
        var reader = start
        guard let dimensions = reader.integer(Int32.self), reader.integer(Int32.self) != nil,
            reader.integer(UInt32.self) == type.oid
        else { throw malformed(column) }
        guard dimensions > 0 else { return .array(type, []) }
        guard dimensions == 1 else {
            throw PostgresError(.value, "column \(column) has an array of \(dimensions) dimensions. One is read")
        }
        guard let count = reader.integer(Int32.self), count >= 0, reader.integer(Int32.self) != nil else {
            throw malformed(column)
        }
        var values: [PostgresValue] = []
        for _ in 0..<count {
            guard let length = reader.integer(Int32.self) else { throw malformed(column) }
            guard length >= 0 else {
                values.append(.null)
                continue
            }
            guard let element = reader.take(Int(length)) else { throw malformed(column) }
            values.append(try decode(element, oid: type.oid, column: column))
        }
        return .array(type, values)
    }

    private static func malformed(_ column: String) -> PostgresError {
        PostgresError(.value, "column \(column) is shorter or longer than its type")
    }

    /// Bytes from the network, read from the front.
    private struct Reader {
        var rest: UnsafeRawBufferPointer

        mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
            guard count <= rest.count else { return nil }
            let taken = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            return taken
        }

        mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
            take(MemoryLayout<Number>.size).map { Number(bigEndian: $0.loadUnaligned(as: Number.self)) }
        }
    }
}
