package import PulsoidAPI

/// Limits of depth and size of JSON from outside.
///
/// A parser's time can grow with the cube of the depth, so this runs before any parser, in one pass over the bytes.
package struct JSONBounds: Sendable, Hashable {
    /// Nested arrays and objects.
    package var depth = 16
    /// Values: members of objects, elements of arrays, and the whole.
    package var nodes: Int

    /// A reading, or a batch of beats.
    package static let measurements = JSONBounds(nodes: 200_000)
    /// A body of the administration: a configuration and other members.
    package static let administration = JSONBounds(depth: configuration.depth + 1, nodes: configuration.nodes + 100)
    /// A configuration of a room or a member.
    package static let configuration = JSONBounds(nodes: 2000)

    /// Whether the text is within the limits. Text that is not JSON may be: the parser finds that.
    package func allow(_ text: UnsafeRawBufferPointer) -> Bool {
        var depth = 0
        var nodes = 1
        var isInString = false
        var isEscaped = false
        for byte in text {
            // Parsers take UTF-16 and UTF-32 too, in which the marks below look otherwise. RFC 8259 demands UTF-8.
            if byte == 0 { return false }
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                // The first value in it; each comma adds one.
                nodes += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ","): nodes += 1
            default: continue
            }
            if depth > self.depth || nodes > self.nodes { return false }
        }
        return true
    }

    /// The same for a string.
    package func allow(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { allow(UnsafeRawBufferPointer($0)) }
    }

    /// The same for a parsed value.
    package func allow(_ value: JSONValue) -> Bool {
        var rest = [(value, 0)]
        var nodes = 0
        while let (value, depth) = rest.popLast() {
            nodes += 1
            let inner: [JSONValue]
            switch value {
            case .array(let values): inner = values
            case .object(let members): inner = Array(members.values)
            default: continue
            }
            guard depth < self.depth, nodes + rest.count + inner.count <= self.nodes else { return false }
            rest += inner.map { ($0, depth + 1) }
        }
        return true
    }
}
