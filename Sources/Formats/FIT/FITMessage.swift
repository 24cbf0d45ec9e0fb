/// A message of a FIT file: its global number and its fields.
package struct FITMessage: Sendable, Equatable {
    /// The value of a field, with its base type.
    package enum Value: Sendable, Equatable {
        case enumeration(UInt8)
        case uint8(UInt8)
        case uint16(UInt16)
        /// Two values at least: one alone is a ``uint16(_:)``.
        case uint16s([UInt16])
        case uint32(UInt32)
        /// 0 is invalid.
        case uint32z(UInt32)
        /// UTF-8 with a zero at its end; ``FITFile`` cuts it to 255 bytes.
        case string(String)
    }

    package struct Field: Sendable, Equatable {
        package let number: UInt8
        package let value: Value

        package init(_ number: UInt8, _ value: Value) {
            self.number = number
            self.value = value
        }
    }

    package let number: UInt16
    package let fields: [Field]

    package init(_ number: UInt16, _ fields: [Field]) {
        self.number = number
        self.fields = fields
    }

    package subscript(field: UInt8) -> Value? { fields.first { $0.number == field }?.value }

    /// The number in a field; nil for another type.
    package func number(_ field: UInt8) -> UInt32? {
        switch self[field] {
        case .enumeration(let value), .uint8(let value): UInt32(value)
        case .uint16(let value): UInt32(value)
        case .uint32(let value), .uint32z(let value): value
        case .uint16s, .string, nil: nil
        }
    }
}

extension FITMessage.Value {
    /// The base types of these cases.
    enum BaseType: UInt8 {
        case enumeration = 0x00
        case uint8 = 0x02
        case uint16 = 0x84
        case uint32 = 0x86
        case uint32z = 0x8C
        case string = 0x07
    }

    var baseType: BaseType {
        switch self {
        case .enumeration: .enumeration
        case .uint8: .uint8
        case .uint16, .uint16s: .uint16
        case .uint32: .uint32
        case .uint32z: .uint32z
        case .string: .string
        }
    }

    /// Little-endian.
    var bytes: [UInt8] {
        switch self {
        case .enumeration(let value), .uint8(let value): return [value]
        case .uint16(let value): return Self.bytes(of: value)
        case .uint16s(let values): return values.prefix(127).flatMap(Self.bytes)
        case .uint32(let value), .uint32z(let value): return Self.bytes(of: value)
        case .string(let text):
            var text = Substring(text.prefix { $0 != "\0" }.unicodeScalars.prefix(254))
            while text.utf8.count > 254 { text.unicodeScalars.removeLast() }
            return Array(text.utf8) + [0]
        }
    }

    /// Nil where the size is none of the type, and for a text without its end or of other bytes than UTF-8.
    init?(_ type: BaseType, _ bytes: ArraySlice<UInt8>) {
        switch type {
        case .enumeration, .uint8:
            guard bytes.count == 1, let byte = bytes.first else { return nil }
            self = type == .uint8 ? .uint8(byte) : .enumeration(byte)
        case .uint16:
            guard !bytes.isEmpty, bytes.count.isMultiple(of: 2) else { return nil }
            let values = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { place in
                UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8
            }
            self = values.count == 1 ? .uint16(values[0]) : .uint16s(values)
        case .uint32, .uint32z:
            guard bytes.count == 4 else { return nil }
            let value = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            self = type == .uint32 ? .uint32(value) : .uint32z(value)
        case .string:
            let text = bytes.prefix { $0 != 0 }
            guard text.count < bytes.count, let text = String(validating: text, as: UTF8.self) else { return nil }
            self = .string(text)
        }
    }

    private static func bytes<Number: FixedWidthInteger & UnsignedInteger>(of number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
