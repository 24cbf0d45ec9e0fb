/// The body of a form: `application/x-www-form-urlencoded`.
struct Form: Sendable, Hashable {
    private let values: [String: String]

    /// Nil if it is malformed, or has a name twice (RFC 6749, 3.2).
    init?(_ text: String) {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let sides = pair.replacing("+", with: " ").split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = sides[0].percentDecoded, let value = (sides.count > 1 ? sides[1] : "").percentDecoded,
                values.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        self.values = values
    }

    /// The value without spaces around it; nil if missing or empty, which is the same (RFC 6749, 3.1).
    subscript(name: String) -> String? {
        guard var value = values[name]?.drop(while: \.isWhitespace) else { return nil }
        while value.last?.isWhitespace == true { value.removeLast() }
        return value.isEmpty ? nil : String(value)
    }
}
