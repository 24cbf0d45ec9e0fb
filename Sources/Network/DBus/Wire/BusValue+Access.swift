/// What a value holds, when it is of that type; variants are looked through.
extension BusValue {
    /// The value inside any number of variants.
    public var unwrapped: BusValue {
        if case .variant(let inner) = self { return inner.unwrapped }
        return self
    }

    public var boolean: Bool? {
        if case .boolean(let value) = unwrapped { return value }
        return nil
    }

    /// Any of the integer types, bytes included; nil for a `uint64` above `Int64.max`.
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

    public var double: Double? {
        if case .double(let value) = unwrapped { return value }
        return nil
    }

    public var string: String? {
        if case .string(let value) = unwrapped { return value }
        return nil
    }

    public var objectPath: ObjectPath? {
        if case .objectPath(let value) = unwrapped { return value }
        return nil
    }

    public var bytes: [UInt8]? {
        if case .bytes(let value) = unwrapped { return value }
        return nil
    }

    public var array: [BusValue]? {
        if case .array(_, let elements) = unwrapped { return elements }
        return nil
    }

    /// An `as`, or any array whose elements are all strings.
    public var strings: [String]? {
        guard let elements = array else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }

    public var structure: [BusValue]? {
        if case .structure(let fields) = unwrapped { return fields }
        return nil
    }

    public var dictionary: [BusValue: BusValue]? {
        if case .dictionary(_, _, let entries) = unwrapped { return entries }
        return nil
    }

    /// A dictionary with string keys, its values out of their variants.
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
