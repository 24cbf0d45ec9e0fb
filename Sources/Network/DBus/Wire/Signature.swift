import CDBus

/// The valid signature of one or more values, such as `a{sv}`.
///
/// [Specification](https://dbus.freedesktop.org/doc/dbus-specification.html#type-system)
public struct Signature: Sendable, Hashable, CustomStringConvertible {
    /// The signature as text.
    public let string: String

    /// Nil for an invalid signature.
    public init?(_ string: String) {
        guard !string.utf8.contains(0), dbus_signature_validate(string, nil) != 0 else { return nil }
        self.string = string
    }

    init(validated string: String) {
        self.string = string
    }

    /// The signature as text.
    public var description: String { string }

    /// Whether this is exactly one complete type, as for the elements of an array.
    var isSingle: Bool { dbus_signature_validate_single(string, nil) != 0 }
}

extension Signature: ExpressibleByStringLiteral {
    /// Traps for a literal that is not a valid signature.
    public init(stringLiteral value: String) {
        guard let signature = Signature(value) else { preconditionFailure("\(value) is not a D-Bus signature") }
        self = signature
    }
}

extension Signature {
    /// The complete types in order, such as `s` and `a{sv}` for `sa{sv}`.
    var singleTypes: [String] {
        var types: [String] = []
        var depth = 0
        var current = ""
        for letter in string {
            current.append(letter)
            switch letter {
            case "(", "{": depth += 1
            case ")", "}": depth -= 1
            default: break
            }
            if depth == 0 && letter != "a" {
                types.append(current)
                current = ""
            }
        }
        return types
    }
}
