/// A parsed request target: path segments and query.
struct RequestTarget: Sendable, Hashable {
    /// Decoded segments of the path: `["api", "v1", "data"]`.
    let segments: [String]
    private let query: [String: String]

    /// Nil for a target that is not well-formed.
    ///
    /// - Parameter raw: as in the request line: `/path?query`, or a whole URL as proxies send it (RFC 9112, 3.2.2).
    init?(_ raw: String) {
        var rest = raw[...]
        if !rest.hasPrefix("/") {
            guard let scheme = rest.firstRange(of: "://") else { return nil }
            rest = rest[scheme.upperBound...]
            rest = rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...]
        }
        // Bytes, not characters: they are quicker, and a mark that joins a "/" to one character does not hide it.
        let parts = rest.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        var segments: [String] = []
        for segment in parts[0].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            guard let decoded = Substring(segment).percentDecoded else { return nil }
            segments.append(decoded)
        }
        self.segments = segments
        var query: [String: String] = [:]
        for pair in parts.dropFirst().first?.split(separator: UInt8(ascii: "&")) ?? [] {
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Substring(sides[0]).percentDecoded,
                let value = (sides.count > 1 ? Substring(sides[1]) : "").percentDecoded
            else { return nil }
            // The first value of a name counts.
            if query[name] == nil { query[name] = value }
        }
        self.query = query
    }

    /// The value of a query parameter; nil if missing or empty.
    func query(_ name: String) -> String? {
        query[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Substring {
    /// Percent-decoded (RFC 3986, 2.1); nil if that is not UTF-8. (Only the full Foundation has this, and it is
    /// large.)
    var percentDecoded: String? {
        guard utf8.contains(UInt8(ascii: "%")) else { return String(self) }
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
}
