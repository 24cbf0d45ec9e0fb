/// One message of Open Sound Control: an address and its arguments, as the bytes of one datagram.
///
/// ```swift
/// OSCMessage("/avatar/parameters/HR", .int32(72)).bytes
/// ```
///
/// [Open Sound Control 1.0](https://opensoundcontrol.stanford.edu/spec-1_0.html), with the types `T` and `F` of 1.1
package struct OSCMessage: Sendable, Hashable {
    /// Begins with a slash.
    package let address: String
    package let arguments: [OSCArgument]

    package init(_ address: String, _ arguments: OSCArgument...) {
        self.address = address
        self.arguments = arguments
    }

    /// Whether a server can take the text as an address: visible ASCII after a slash, without the characters of a
    /// pattern.
    package static func isAddress(_ text: String) -> Bool {
        text.utf8.first == UInt8(ascii: "/")
            && text.utf8.allSatisfy { (33...126).contains($0) && !"#*,?[]{}".utf8.contains($0) }
    }

    /// The datagram.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(padded: address)
        bytes.append(padded: "," + String(String.UnicodeScalarView(arguments.map(\.typeTag))))
        for argument in arguments { argument.append(to: &bytes) }
        return bytes
    }
}

/// An argument of an ``OSCMessage``.
package enum OSCArgument: Sendable, Hashable {
    case int32(Int32)
    case float32(Float)
    /// UTF-8. The text ends at its first U+0000.
    case string(String)
    /// Has no bytes: the type says all.
    case boolean(Bool)

    fileprivate var typeTag: Unicode.Scalar {
        switch self {
        case .int32: "i"
        case .float32: "f"
        case .string: "s"
        case .boolean(true): "T"
        case .boolean(false): "F"
        }
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .int32(let number): bytes.append(bigEndian: UInt32(bitPattern: number))
        case .float32(let number): bytes.append(bigEndian: number.bitPattern)
        case .string(let text): bytes.append(padded: text)
        case .boolean: break
        }
    }
}

extension [UInt8] {
    /// Appends a text with one to four zero bytes, up to a multiple of four.
    fileprivate mutating func append(padded text: String) {
        append(contentsOf: text.utf8.prefix { $0 != 0 })
        append(contentsOf: repeatElement(0, count: 4 - count % 4))
    }

    fileprivate mutating func append(bigEndian number: UInt32) {
        for shift in stride(from: 24, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
    }
}
