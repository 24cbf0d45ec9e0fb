import CDBus

/// The type of a value, or of several in a row, in D-Bus's letters, such as `a{sv}`. Always valid.
public struct Signature: Sendable, Hashable, CustomStringConvertible {
    public let string: String

    /// Nil when this is no valid signature.
    public init?(_ string: String) {
        guard !string.utf8.contains(0), dbus_signature_validate(string, nil) != 0 else { return nil }
        self.string = string
    }

    init(validated string: String) {
        self.string = string
    }

    public var description: String { string }

    /// Whether this is exactly one complete type, as the elements of an array need.
    var isSingle: Bool { dbus_signature_validate_single(string, nil) != 0 }
}

extension Signature: ExpressibleByStringLiteral {
    /// A literal that is no valid signature is a mistake in the program and traps.
    public init(stringLiteral value: String) {
        guard let signature = Signature(value) else { preconditionFailure("\(value) is no D-Bus signature") }
        self = signature
    }
}

extension Signature {
    /// The complete types in a row, such as `s` and `a{sv}` for `sa{sv}`.
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
