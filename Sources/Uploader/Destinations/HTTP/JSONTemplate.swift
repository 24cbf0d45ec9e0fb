import FoundationEssentials
import Outbox

/// JSON with placeholders for the values of a reading.
///
/// A placeholder outside quotation marks stands for a JSON value, and one inside for a part of the text.
///
/// | Placeholder | Value |
/// | --- | --- |
/// | `{heart_rate}` | beats per minute |
/// | `{measured_at_ms}` | milliseconds since the Unix epoch |
/// | `{measured_at}` | the same time as text, in UTC: `2026-11-24T16:03:59.120Z` |
/// | `{strap}` | the strap's name |
/// | `{device}` | the address or the device name in the configuration; empty for any strap |
/// | `{rr_ms}` | a list of RR intervals in milliseconds, oldest first |
/// | `{contact}` | whether the strap has skin contact: true, or null if it cannot detect that |
/// | `{id}` | a text that is the same whenever this reading is sent again |
struct JSONTemplate: Sendable, Equatable {
    static let standard =
        #"{"id": {id}, "strap": {strap}, "heart_rate": {heart_rate}, "measured_at": {measured_at}, "rr_ms": {rr_ms}}"#

    enum Placeholder: String, CaseIterable {
        case heartRate = "heart_rate"
        case measuredAtMilliseconds = "measured_at_ms"
        case measuredAt = "measured_at"
        case strap, device
        case rrMilliseconds = "rr_ms"
        case contact, id
    }

    enum Problem: Error, Equatable, CustomStringConvertible {
        case unknownPlaceholder(String)
        case notJSON
        case noHeartRate

        /// The end of a sentence about the template.
        var description: String {
            switch self {
            case .unknownPlaceholder(let name):
                let known = Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
                return "has the unknown placeholder {\(name)}; there are \(known)"
            case .notJSON: return "is not JSON with its placeholders filled in"
            case .noHeartRate: return "lacks {heart_rate}"
            }
        }
    }

    private enum Part: Equatable {
        case text(String)
        case placeholder(Placeholder, isInText: Bool)
    }

    private let parts: [Part]
    /// Whether the placeholder for the device is there.
    let namesDevice: Bool

    /// - Throws: ``Problem`` unless it is JSON with known placeholders.
    init(_ text: String) throws(Problem) {
        parts = try Self.parts(of: text)
        let names = parts.compactMap { part -> Placeholder? in
            if case .placeholder(let placeholder, _) = part { placeholder } else { nil }
        }
        namesDevice = names.contains(.device)
        let values = Values(
            heartRate: 60, measuredAtMilliseconds: 0, strap: "chest", device: "", rrMilliseconds: [1000], contact: true)
        let example = filled(with: values)
        guard (try? JSONDecoder().decode(AnyJSON.self, from: Data(example.utf8))) != nil,
            !JSONText.hasTrailingComma(example)
        else { throw .notJSON }
        guard names.contains(.heartRate) else { throw .noHeartRate }
    }

    /// The JSON for a reading that has a heart rate.
    func text(for reading: Reading, device: String) -> String {
        filled(
            with: Values(
                heartRate: Int(reading.heartRate ?? 0), measuredAtMilliseconds: reading.measuredAtMilliseconds,
                strap: reading.strap, device: device, rrMilliseconds: reading.rrMilliseconds,
                contact: reading.hasContact))
    }

    private func filled(with values: Values) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .placeholder(let placeholder, isInText: true): JSONText.escaped(values.text(of: placeholder))
            case .placeholder(let placeholder, isInText: false): values.json(of: placeholder)
            }
        }.joined()
    }

    private static func parts(of text: String) throws(Problem) -> [Part] {
        var parts: [Part] = []
        var literal = ""
        var isInText = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "{", let (name, end) = placeholder(at: rest) {
                guard let placeholder = Placeholder(rawValue: name) else { throw .unknownPlaceholder(name) }
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
        let name = inside.prefix { $0 == "_" || $0 == "-" || ($0.isASCII && $0.properties.isAlphabetic) }
        let end = inside[name.endIndex...].drop { $0 == " " }
        guard !name.isEmpty, end.first == "}" else { return nil }
        return (String(name), end.index(after: end.startIndex))
    }
}

extension JSONTemplate {
    /// The values of the placeholders.
    private struct Values {
        let heartRate: Int
        let measuredAtMilliseconds: Int64
        let strap: String
        let device: String
        let rrMilliseconds: [Int]
        let contact: Bool?

        /// Outside quotation marks.
        func json(of placeholder: Placeholder) -> String {
            switch placeholder {
            case .heartRate, .measuredAtMilliseconds, .rrMilliseconds, .contact: text(of: placeholder)
            case .measuredAt, .strap, .device, .id: "\"\(JSONText.escaped(text(of: placeholder)))\""
            }
        }

        /// Inside quotation marks, not yet escaped.
        func text(of placeholder: Placeholder) -> String {
            switch placeholder {
            case .heartRate: "\(heartRate)"
            case .measuredAtMilliseconds: "\(measuredAtMilliseconds)"
            case .measuredAt: JSONText.time(measuredAtMilliseconds)
            case .strap: strap
            case .device: device
            case .rrMilliseconds: "[\(rrMilliseconds.map(String.init).joined(separator: ", "))]"
            case .contact: contact.map { "\($0)" } ?? "null"
            case .id: "\(strap)-\(measuredAtMilliseconds)"
            }
        }
    }
}

/// Texts in JSON.
private enum JSONText {
    /// The text for a place between quotation marks (RFC 8259, section 7).
    static func escaped(_ text: String) -> String {
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

    /// Whether a list or an object ends with a comma, which `JSONDecoder` lets pass and servers reject.
    static func hasTrailingComma(_ json: String) -> Bool {
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

    /// A time in UTC with milliseconds (ISO 8601).
    static func time(_ milliseconds: Int64) -> String {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let second = rest < 0 ? seconds - 1 : seconds
        let fraction = String(rest < 0 ? rest + 1000 : rest)
        let whole = String(Date(timeIntervalSince1970: Double(second)).formatted(.iso8601).dropLast())
        return whole + "." + String(repeating: "0", count: 3 - fraction.count) + fraction + "Z"
    }
}

/// Any JSON value; only whether there is one matters.
private struct AnyJSON: Decodable {
    init(from decoder: any Decoder) throws {}
}
