// Reading whole values.

extension MessageReader {
    /// Reads the next value with its content.
    public mutating func readValue() throws(BusError) -> BusValue {
        switch nextType {
        case .byte: .byte(try readByte())
        case .boolean: .boolean(try readBoolean())
        case .int16: .int16(try readInt16())
        case .uint16: .uint16(try readUInt16())
        case .int32: .int32(try readInt32())
        case .uint32: .uint32(try readUInt32())
        case .int64: .int64(try readInt64())
        case .uint64: .uint64(try readUInt64())
        case .double: .double(try readDouble())
        case .string: .string(try readString())
        case .objectPath: .objectPath(try readObjectPath())
        case .signature: .signature(try readSignature())
        case .array: try readArrayValue()
        case .structure:
            .structure(try readStructure { (fields) throws(BusError) in try fields.readValues() })
        case .variant:
            .variant(try readVariant { (inner) throws(BusError) in try inner.readValue() })
        case .dictionaryEntry, .fileDescriptor, nil: throw mismatch(expected: "a value")
        }
    }

    /// Reads all values to the end.
    public mutating func readValues() throws(BusError) -> [BusValue] {
        var values: [BusValue] = []
        while nextType != nil { values.append(try readValue()) }
        return values
    }

    /// Reads an `a{sv}`, with unwrapped values.
    public mutating func readProperties() throws(BusError) -> [String: BusValue] {
        var properties: [String: BusValue] = [:]
        try readArray { (entries) throws(BusError) in
            try entries.readEntry { (entry) throws(BusError) in
                let name = try entry.readString()
                properties[name] = try entry.readVariant { (inner) throws(BusError) in try inner.readValue() }
            }
        }
        return properties
    }

    /// Reads an `as`.
    public mutating func readStrings() throws(BusError) -> [String] {
        var strings: [String] = []
        try readArray { (elements) throws(BusError) in strings.append(try elements.readString()) }
        return strings
    }

    private mutating func readArrayValue() throws(BusError) -> BusValue {
        let element = elementSignature()
        if element.string == "y" { return .bytes(try readBytes()) }
        if element.string.hasPrefix("{") { return try readDictionaryValue(entry: element.string) }
        var values: [BusValue] = []
        try readArray { (elements) throws(BusError) in values.append(try elements.readValue()) }
        return .array(of: element, values)
    }

    /// `entry` is the signature of an entry with its braces. Its key is one letter, because keys are of basic types.
    private mutating func readDictionaryValue(entry: String) throws(BusError) -> BusValue {
        var entries: [BusValue: BusValue] = [:]
        try readArray { (elements) throws(BusError) in
            try elements.readEntry { (entry) throws(BusError) in
                let key = try entry.readValue()
                entries[key] = try entry.readValue()
            }
        }
        let types = entry.dropFirst().dropLast()
        return .dictionary(
            key: Signature(validated: String(types.prefix(1))), value: Signature(validated: String(types.dropFirst())),
            entries)
    }
}
