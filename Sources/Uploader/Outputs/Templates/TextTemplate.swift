import BlueZ
import Outbox
import TextFormats

/// Text with placeholders for the values of a live strap.
///
/// | Placeholder | Value |
/// | --- | --- |
/// | `{bpm}`, `{heart_rate}` | beats per minute |
/// | `{strap}` | the strap's name |
/// | `{rr_ms}` | the last RR interval in milliseconds |
/// | `{battery}` | the battery of the strap in per cent |
/// | `{rmssd}`, `{sdnn}` | of the last minute, in whole milliseconds |
/// | `{pnn50}` | of the last minute, in whole per cent |
/// | `{dfa_alpha1}` | DFA-α1 4–16 of the last two minutes, with two decimals |
///
/// An unknown value is an empty text. Braces around anything else are an error, so that a misspelt name is found.
package struct TextTemplate: Sendable, Equatable {
    package enum Placeholder: String, CaseIterable, Sendable {
        case beatsPerMinute = "bpm"
        case heartRate = "heart_rate"
        case strap
        case rrMilliseconds = "rr_ms"
        case battery, rmssd, sdnn, pnn50
        case dfaAlpha1 = "dfa_alpha1"
    }

    package struct Problem: Error, Equatable, CustomStringConvertible {
        /// The end of a sentence about the template.
        package let description: String
    }

    private enum Part: Equatable {
        case text(String)
        case placeholder(Placeholder)
    }

    private let parts: [Part]

    /// - Throws: ``Problem`` for an unknown placeholder.
    package init(_ text: String, allowed: [Placeholder] = Placeholder.allCases) throws(Problem) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            let inside = rest[rest.index(after: open)...]
            guard let close = inside.firstIndex(of: "}") else { break }
            let name = String(inside[..<close])
            guard let placeholder = Placeholder(rawValue: name), allowed.contains(placeholder) else {
                let known = allowed.map { "{\($0.rawValue)}" }.joined(separator: ", ")
                throw Problem(description: "has the unknown placeholder {\(name.printable())}; there are \(known)")
            }
            parts += [.text(String(rest[..<open])), .placeholder(placeholder)]
            rest = inside[inside.index(after: close)...]
        }
        self.parts = parts + [.text(String(rest))]
    }

    package var placeholders: Set<Placeholder> {
        Set(
            parts.compactMap { part in
                if case .placeholder(let placeholder) = part { placeholder } else { nil }
            })
    }

    /// `transform` fits each value to the place where the text goes, such as a file name.
    package func text(for strap: LiveStrap, _ transform: (String) -> String = { $0 }) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .placeholder(let placeholder): transform(Self.value(of: placeholder, strap))
            }
        }.joined()
    }

    private static func value(of placeholder: Placeholder, _ strap: LiveStrap) -> String {
        switch placeholder {
        case .beatsPerMinute, .heartRate: strap.beatsPerMinute.map(String.init) ?? ""
        case .strap: strap.name
        case .rrMilliseconds: strap.reading?.rrMilliseconds.last.map(String.init) ?? ""
        case .battery: strap.details.batteryPercent.map { "\($0)" } ?? ""
        case .rmssd: strap.variability?.rmssd.map { $0.text(decimals: 0) } ?? ""
        case .sdnn: strap.variability?.sdnn.map { $0.text(decimals: 0) } ?? ""
        case .pnn50: strap.variability?.pnn50.map { $0.text(decimals: 0) } ?? ""
        case .dfaAlpha1: strap.variability?.dfaAlpha1.map { $0.text(decimals: 2) } ?? ""
        }
    }
}
