/// A D-Bus value with its type. File descriptors are not supported.
///
/// ```swift
/// let filter = BusValue.properties(["Transport": .string("le"), "UUIDs": .strings(["180d"])])
/// filter.signature                       // a{sv}
/// filter.properties?["Transport"]?.string  // "le"
/// ```
///
/// [Type system](https://dbus.freedesktop.org/doc/dbus-specification.html#type-system)
public enum BusValue: Sendable, Hashable {
    /// An unsigned byte (`y`).
    case byte(UInt8)
    /// A boolean (`b`).
    case boolean(Bool)
    /// A signed 16-bit integer (`n`).
    case int16(Int16)
    /// An unsigned 16-bit integer (`q`).
    case uint16(UInt16)
    /// A signed 32-bit integer (`i`).
    case int32(Int32)
    /// An unsigned 32-bit integer (`u`).
    case uint32(UInt32)
    /// A signed 64-bit integer (`x`).
    case int64(Int64)
    /// An unsigned 64-bit integer (`t`).
    case uint64(UInt64)
    /// A floating-point number (`d`).
    case double(Double)
    /// A string (`s`), without U+0000.
    case string(String)
    /// An object path (`o`).
    case objectPath(ObjectPath)
    /// A signature (`g`).
    case signature(Signature)
    /// An array of bytes (`ay`). A received `ay` is never an ``array(of:_:)``.
    case bytes([UInt8])
    /// An array of elements of the type `of`.
    case array(of: Signature, [BusValue])
    /// A dictionary with keys of the basic type `key` and values of the type `value`. The last of equal keys counts.
    case dictionary(key: Signature, value: Signature, [BusValue: BusValue])
    /// A structure of at least one field.
    case structure([BusValue])
    /// A value together with its type (`v`).
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
