import Yams

/// A value of the wrong type, or a missing one, in words.
enum DecodingSentence {
    static func of(_ error: DecodingError) -> (keys: [any CodingKey], message: String) {
        switch error {
        case .keyNotFound(let key, let context):
            return (context.codingPath, "\(place(of: context.codingPath)) needs a `\(key.stringValue)`")
        case .valueNotFound(_, let context):
            return (context.codingPath, "\(place(of: context.codingPath)) has no value")
        case .typeMismatch(let type, let context):
            return (context.codingPath, "\(place(of: context.codingPath)) must be \(noun(for: type))")
        case .dataCorrupted(let context):
            return (context.codingPath, "\(place(of: context.codingPath)): \(context.debugDescription)")
        @unknown default:
            return ([], "\(error)")
        }
    }

    private static func place(of keys: [any CodingKey]) -> String {
        guard let last = keys.last else { return "the file" }
        if let index = last.intValue {
            return "item \(index + 1) of `\(keys.dropLast().last?.stringValue ?? "")`"
        }
        return "`\(last.stringValue)`"
    }

    private static func noun(for type: Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is Bool.Type: "true or false"
        case is Double.Type: "a number"
        case is String.Type: "text"
        case is Node.Mapping.Type: "a section with keys of its own"
        case is any Collection.Type: "a list"
        default: "a section with keys of its own"
        }
    }
}
