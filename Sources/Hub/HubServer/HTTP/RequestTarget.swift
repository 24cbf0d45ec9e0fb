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
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var segments: [String] = []
        for segment in (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let decoded = segment.percentDecoded else { return nil }
            segments.append(decoded)
        }
        self.segments = segments
        var query: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = sides[0].percentDecoded,
                let value = (sides.count > 1 ? sides[1] : "").percentDecoded
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
