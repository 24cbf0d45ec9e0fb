/// What a program on this machine asks of a ``MetricsServer``.
package struct LocalRequest: Equatable, Sendable {
    /// Without the query.
    package let path: String
    private let query: Substring

    /// From the target of a request: `/hr?strap=anna`.
    package init(target: String) {
        path = String(target.prefix { $0 != "?" })
        query = target.dropFirst(path.count).dropFirst()
    }

    /// The first value of this name in the query, percent-decoded; nil if there is none.
    package func value(of name: String) -> String? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, Self.decoded(parts[0]) == name else { continue }
            return Self.decoded(parts[1])
        }
        return nil
    }

    /// Browsers write a space as a plus sign. A wrong percent sign stands for itself.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
