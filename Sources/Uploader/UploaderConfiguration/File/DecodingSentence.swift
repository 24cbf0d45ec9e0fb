import Destinations
import Yams

/// A value of the wrong type, or a missing one, in words.
enum DecodingSentence {
    /// The way to the value from the top of the file.
    static func keys(of error: DecodingError) -> [any CodingKey] { context(of: error)?.codingPath ?? [] }

    /// The mistake, with the value at its place.
    static func text(of error: DecodingError, at node: Node?) -> String {
        let place = place(of: keys(of: error))
        switch error {
        case .keyNotFound(let key, _): return "\(place) needs a `\(key.stringValue)`"
        case .valueNotFound: return "\(place) has no value"
        case .typeMismatch(let type, _): return "\(place) \(requirement(of: type, at: node))"
        case .dataCorrupted(let context): return "\(place): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }

    private static func context(of error: DecodingError) -> DecodingError.Context? {
        switch error {
        case .keyNotFound(_, let context), .valueNotFound(_, let context), .typeMismatch(_, let context),
            .dataCorrupted(let context):
            context
        @unknown default: nil
        }
    }

    private static func place(of keys: [any CodingKey]) -> String {
        guard let last = keys.last else { return "the file" }
        if let index = last.intValue {
            return "item \(index + 1) of `\(keys.dropLast().last?.stringValue ?? "")`"
        }
        return "`\(last.stringValue)`"
    }

    private static func requirement(of type: Any.Type, at node: Node?) -> String {
        switch type {
        case is Int.Type: return "must be a whole number\(isQuoted(node) ? ", without quotes" : "")"
        case is Bool.Type: return "must be true or false\(isQuoted(node) ? ", without quotes" : "")"
        case is Double.Type: return "must be a number\(isQuoted(node) ? ", without quotes" : "")"
        case is String.Type: return "must be text"
        case is Node.Mapping.Type: return section(insteadOf: node)
        case is any Collection.Type:
            return node?.mapping == nil ? "must be a list" : "must be a list: begin each entry with `- `"
        default: return section(insteadOf: node)
        }
    }

    private static func isQuoted(_ node: Node?) -> Bool {
        guard let scalar = node?.scalar else { return false }
        return scalar.style == .doubleQuoted || scalar.style == .singleQuoted
    }

    /// A key without a space behind its colon makes a text of its whole section.
    private static func section(insteadOf node: Node?) -> String {
        let text = node?.scalar?.string ?? ""
        if let key = text.prefixMatch(of: /([A-Za-z_]+):\S/)?.output.1 {
            return "has no space behind the `:` of `\(key)`"
        }
        if let key = text.prefixMatch(of: /([A-Za-z_]+) ?=/)?.output.1 {
            return "has `=` behind `\(key)`: write `\(key): ` and the value"
        }
        if DestinationKinds.kind(named: text.lowercased()) != nil {
            return "must have keys: write `- service: \(text.lowercased())`, and the other keys below `service`"
        }
        return "must be a section with keys of its own"
    }
}
