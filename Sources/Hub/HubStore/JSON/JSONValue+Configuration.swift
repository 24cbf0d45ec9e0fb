import FoundationEssentials
package import PulsoidAPI
import TextFormats

extension JSONValue {
    /// A configuration as the database holds it. An earlier version may have written one beyond
    /// ``JSONBounds/configuration``, or invalid JSON: that becomes empty. Text that could move a terminal's cursor is
    /// cleaned.
    package init(stored text: String) throws {
        guard JSONBounds.configuration.allow(text),
            let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        else {
            self = .object([:])
            return
        }
        self = value.hasSafeText ? value : value.cleaned
    }

    /// A configuration from a command line; nil if it is not a JSON object within the limits.
    package init?(configuration text: String) {
        guard JSONBounds.configuration.allow(text),
            let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)), case .object = value
        else { return nil }
        self = value
    }

    /// Whether no name and no string can forge a line, move a cursor or change the direction of text. Line breaks and
    /// tabs are allowed: JSON writes them as `\n` and `\t`.
    package var hasSafeText: Bool {
        switch self {
        case .null, .bool, .integer, .number: true
        case .string(let text): text.unicodeScalars.allSatisfy(\.isSafeInJSON)
        case .array(let values): values.allSatisfy(\.hasSafeText)
        case .object(let members):
            members.allSatisfy { $0.key.unicodeScalars.allSatisfy(\.isSafeInJSON) && $0.value.hasSafeText }
        }
    }

    private var cleaned: JSONValue {
        switch self {
        case .null, .bool, .integer, .number: self
        case .string(let text): .string(text.safeInJSON)
        case .array(let values): .array(values.map(\.cleaned))
        case .object(let members):
            .object(
                Dictionary(
                    members.map { ($0.key.safeInJSON, $0.value.cleaned) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}

extension String {
    fileprivate var safeInJSON: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isSafeInJSON ? $0 : " " }))
    }
}

extension Unicode.Scalar {
    fileprivate var isSafeInJSON: Bool {
        // Most text is ASCII, and needs no table.
        isASCII
            ? (" "..."~").contains(self) || self == "\n" || self == "\r" || self == "\t"
            : String(self).isPrintable(scalars: 1)
    }
}
