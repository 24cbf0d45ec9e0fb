import PulsoidAPI

/// Holds JSON against the part of JSON Schema 2020-12 that the hub's OpenAPI document makes use of. A keyword that it
/// does not know is an error, so that nothing is passed over.
struct SchemaCheck {
    /// Where `$ref` points into.
    let document: JSONValue

    private static let annotations: Set<String> = ["description", "default", "examples", "format"]

    /// The problems, each with its place; empty if there are none.
    func problems(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
        guard case .object(let keywords) = schema else { return ["\(place): no schema"] }
        return keywords.sorted { $0.key < $1.key }.flatMap { keyword, argument in
            problems(value, keyword, argument, keywords, place)
        }
    }

    /// What a `$ref` means; anything else is itself.
    func resolved(_ value: JSONValue) -> JSONValue {
        guard case .string(let reference)? = value["$ref"] else { return value }
        return reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    private func problems(
        _ value: JSONValue, _ keyword: String, _ argument: JSONValue, _ all: [String: JSONValue], _ place: String
    ) -> [String] {
        let wrong = ["\(place): \(value) is against \(keyword) \(argument)"]
        switch (keyword, argument, value) {
        case ("$ref", _, _): return problems(value, resolved(.object([keyword: argument])), at: place)
        case ("type", .string(let type), _): return Self.types(of: value).contains(type) ? [] : wrong
        case ("const", _, _): return value == argument ? [] : wrong
        case ("enum", .array(let values), _): return values.contains(value) ? [] : wrong
        case ("oneOf", .array(let schemas), _):
            return schemas.filter { problems(value, $0, at: place).isEmpty }.count == 1 ? [] : wrong
        case ("required", .array(let names), .object(let members)):
            return names.allSatisfy { members[$0.string ?? ""] != nil } ? [] : wrong
        case ("properties", .object(let schemas), .object(let members)):
            return members.flatMap { name, member in
                schemas[name].map { problems(member, $0, at: "\(place).\(name)") } ?? []
            }
        case ("additionalProperties", .bool(false), .object(let members)):
            return members.keys.allSatisfy { all["properties"]?[$0] != nil } ? [] : wrong
        case ("items", _, .array(let items)): return items.flatMap { problems($0, argument, at: "\(place)[]") }
        case ("pattern", .string(let pattern), .string(let text)):
            guard let regex = try? Regex(pattern) else { return ["\(place): \(pattern) is no pattern"] }
            return text.contains(regex) ? [] : wrong
        case ("minLength", .integer(let length), .string(let text)): return text.count >= length ? [] : wrong
        case ("minimum", _, _): return Self.compare(value, argument, >=) ? [] : wrong
        case ("maximum", _, _): return Self.compare(value, argument, <=) ? [] : wrong
        case ("exclusiveMaximum", _, _): return Self.compare(value, argument, <) ? [] : wrong
        case ("required", _, _), ("properties", _, _), ("additionalProperties", _, _), ("items", _, _),
            ("pattern", _, _), ("minLength", _, _):
            return []
        default: return Self.annotations.contains(keyword) ? [] : ["\(place): unknown keyword \(keyword)"]
        }
    }

    private static func types(of value: JSONValue) -> [String] {
        switch value {
        case .null: ["null"]
        case .bool: ["boolean"]
        case .integer: ["integer", "number"]
        case .number: ["number"]
        case .string: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }

    /// Numbers alone are compared.
    private static func compare(_ left: JSONValue, _ right: JSONValue, _ holds: (Double, Double) -> Bool) -> Bool {
        guard let left = left.double, let right = right.double else { return true }
        return holds(left, right)
    }
}

extension JSONValue {
    /// A member of an object.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    fileprivate var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
