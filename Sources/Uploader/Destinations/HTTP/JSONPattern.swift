import FoundationEssentials

/// JSON with placeholders such as `{heart_rate}`; their names are the raw values of `Placeholder`.
///
/// A placeholder outside quotation marks stands for a JSON value, and one inside for a part of the text.
package struct JSONPattern<Placeholder>: Sendable, Equatable
where Placeholder: CaseIterable & Equatable & RawRepresentable<String> & Sendable {
    private enum Part: Equatable, Sendable {
        case text(String)
        case placeholder(Placeholder, isInText: Bool)
    }

    private let parts: [Part]

    /// - Throws: ``JSONPatternProblem`` unless it is JSON with known placeholders. `example` has values to try it with.
    package init(_ text: String, example: (Placeholder) -> JSONPatternValue) throws(JSONPatternProblem) {
        parts = try Self.parts(of: text)
        let json = filled(with: example)
        guard (try? JSONDecoder().decode(AnyJSON.self, from: Data(json.utf8))) != nil, !Self.hasTrailingComma(json)
        else { throw .notJSON }
    }

    /// The placeholders, in order.
    package var placeholders: [Placeholder] {
        parts.compactMap { part in
            if case .placeholder(let placeholder, _) = part { placeholder } else { nil }
        }
    }

    /// The JSON with these values.
    package func filled(with value: (Placeholder) -> JSONPatternValue) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .placeholder(let placeholder, isInText: true): value(placeholder).inText
            case .placeholder(let placeholder, isInText: false): value(placeholder).json
            }
        }.joined()
    }

    private static func parts(of text: String) throws(JSONPatternProblem) -> [Part] {
        var parts: [Part] = []
        var literal = ""
        var isInText = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "{", let (name, end) = placeholder(at: rest) {
                guard let placeholder = Placeholder(rawValue: name) else {
                    throw .unknownPlaceholder(name, known: Placeholder.allCases.map(\.rawValue))
                }
                parts += [.text(literal), .placeholder(placeholder, isInText: isInText)]
                literal = ""
                rest = rest[end...]
                continue
            }
            literal.unicodeScalars.append(scalar)
            rest.removeFirst()
            if isInText, scalar == "\\", let escaped = rest.popFirst() { literal.unicodeScalars.append(escaped) }
            if scalar == "\"" { isInText.toggle() }
        }
        return parts + [.text(literal)]
    }

    /// The name between a brace and its end, and where the text goes on; nil if the brace begins no placeholder.
    private static func placeholder(
        at rest: String.UnicodeScalarView.SubSequence
    ) -> (name: String, end: String.UnicodeScalarView.Index)? {
        let inside = rest.dropFirst().drop { $0 == " " }
        let name = inside.prefix { scalar in
            scalar == "_" || scalar == "-"
                || (scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil))
        }
        let end = inside[name.endIndex...].drop { $0 == " " }
        guard !name.isEmpty, end.first == "}" else { return nil }
        // `{pnn50}` is one; a brace before other digits is text.
        if name.contains(where: { $0.properties.numericType != nil }), Placeholder(rawValue: String(name)) == nil {
            return nil
        }
        return (String(name), end.index(after: end.startIndex))
    }

    /// Whether a list or an object ends with a comma, which `JSONDecoder` lets pass and servers reject.
    private static func hasTrailingComma(_ json: String) -> Bool {
        var isInText = false
        var isEscaped = false
        var last: Unicode.Scalar?
        for scalar in json.unicodeScalars {
            if isInText {
                if scalar == "\"", !isEscaped { isInText = false }
                isEscaped = scalar == "\\" && !isEscaped
                continue
            }
            if scalar == "\"" { isInText = true }
            if scalar == "}" || scalar == "]", last == "," { return true }
            if !scalar.properties.isWhitespace { last = scalar }
        }
        return false
    }
}

/// Why a text is no ``JSONPattern``.
package enum JSONPatternProblem: Error, Equatable, CustomStringConvertible {
    case unknownPlaceholder(String, known: [String])
    case notJSON

    /// The end of a sentence about the pattern.
    package var description: String {
        switch self {
        case .unknownPlaceholder(let name, let known):
            "has the unknown placeholder {\(name)}; there are \(known.map { "{\($0)}" }.joined(separator: ", "))"
        case .notJSON: "is not JSON with its placeholders filled in"
        }
    }
}

/// The value of a placeholder in a ``JSONPattern``.
package enum JSONPatternValue: Sendable, Equatable {
    case text(String)
    /// A number, a list or another value in its JSON form, also inside quotation marks.
    case json(String)
    /// null, and nothing inside quotation marks.
    case none

    fileprivate var json: String {
        switch self {
        case .text(let text): "\"\(Self.escaped(text))\""
        case .json(let json): json
        case .none: "null"
        }
    }

    fileprivate var inText: String {
        switch self {
        case .text(let text), .json(let text): Self.escaped(text)
        case .none: ""
        }
    }

    /// The text for a place between quotation marks (RFC 8259, section 7).
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\\(scalar)"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// Any JSON value; only whether there is one matters.
private struct AnyJSON: Decodable {
    init(from decoder: any Decoder) throws {}
}
