// The content of a value; nil for a value of another type. Variants are unwrapped first.

extension BusValue {
    /// The value inside any number of variants.
    public var unwrapped: BusValue {
        if case .variant(let inner) = self { return inner.unwrapped }
        return self
    }

    /// A boolean.
    public var boolean: Bool? {
        if case .boolean(let value) = unwrapped { return value }
        return nil
    }

    /// An integer of any type, bytes included. Nil for a `uint64` above `Int64.max`.
    public var integer: Int64? {
        switch unwrapped {
        case .byte(let value): Int64(value)
        case .int16(let value): Int64(value)
        case .uint16(let value): Int64(value)
        case .int32(let value): Int64(value)
        case .uint32(let value): Int64(value)
        case .int64(let value): value
        case .uint64(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// A floating-point number.
    public var double: Double? {
        if case .double(let value) = unwrapped { return value }
        return nil
    }

    /// A string.
    public var string: String? {
        if case .string(let value) = unwrapped { return value }
        return nil
    }

    /// An object path.
    public var objectPath: ObjectPath? {
        if case .objectPath(let value) = unwrapped { return value }
        return nil
    }

    /// An array of bytes.
    public var bytes: [UInt8]? {
        if case .bytes(let value) = unwrapped { return value }
        return nil
    }

    /// The elements of an array.
    public var array: [BusValue]? {
        if case .array(_, let elements) = unwrapped { return elements }
        return nil
    }

    /// The elements of an array of strings.
    public var strings: [String]? {
        guard let elements = array else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }

    /// The fields of a structure.
    public var structure: [BusValue]? {
        if case .structure(let fields) = unwrapped { return fields }
        return nil
    }

    /// The entries of a dictionary.
    public var dictionary: [BusValue: BusValue]? {
        if case .dictionary(_, _, let entries) = unwrapped { return entries }
        return nil
    }

    /// The entries of a dictionary with string keys, with unwrapped values.
    public var properties: [String: BusValue]? {
        guard let entries = dictionary else { return nil }
        var properties: [String: BusValue] = [:]
        properties.reserveCapacity(entries.count)
        for (key, value) in entries {
            guard case .string(let name) = key else { return nil }
            properties[name] = value.unwrapped
        }
        return properties
    }
}
