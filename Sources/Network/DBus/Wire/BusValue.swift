/// A D-Bus value with its type. File descriptors are not carried.
public enum BusValue: Sendable, Hashable {
    case byte(UInt8)
    case boolean(Bool)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case double(Double)
    /// Must not contain U+0000.
    case string(String)
    case objectPath(ObjectPath)
    case signature(Signature)
    /// An array of bytes (`ay`), in one piece. A received `ay` is always this, never ``array(of:_:)``.
    case bytes([UInt8])
    /// Every element has the type `of`.
    case array(of: Signature, [BusValue])
    /// Every key has the (basic) type `key`, every value the type `value`. Of equal keys received the last one counts.
    case dictionary(key: Signature, value: Signature, [BusValue: BusValue])
    /// At least one field.
    case structure([BusValue])
    indirect case variant(BusValue)

    /// The type of this value: one complete type.
    public var signature: Signature { Signature(validated: signatureText) }

    private var signatureText: String {
        switch self {
        case .byte: "y"
        case .boolean: "b"
        case .int16: "n"
        case .uint16: "q"
        case .int32: "i"
        case .uint32: "u"
        case .int64: "x"
        case .uint64: "t"
        case .double: "d"
        case .string: "s"
        case .objectPath: "o"
        case .signature: "g"
        case .bytes: "ay"
        case .array(let element, _): "a" + element.string
        case .dictionary(let key, let value, _): "a{" + key.string + value.string + "}"
        case .structure(let fields): "(" + fields.map(\.signatureText).joined() + ")"
        case .variant: "v"
        }
    }
}

extension BusValue {
    /// An array of strings (`as`).
    public static func strings(_ strings: [String]) -> BusValue {
        .array(of: "s", strings.map { .string($0) })
    }

    /// Named values (`a{sv}`), each in a variant, as properties are passed.
    public static func properties(_ properties: [String: BusValue]) -> BusValue {
        var entries: [BusValue: BusValue] = [:]
        entries.reserveCapacity(properties.count)
        for (name, value) in properties { entries[.string(name)] = .variant(value) }
        return .dictionary(key: "s", value: "v", entries)
    }
}
