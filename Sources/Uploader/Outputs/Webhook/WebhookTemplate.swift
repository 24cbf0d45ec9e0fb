import BlueZ
import DateFormats
import Destinations
import Outbox

/// JSON with placeholders for the present of a strap. See `JSONPattern`.
///
/// | Placeholder | Value | Without a heart rate |
/// | --- | --- | --- |
/// | `{heart_rate}` | beats per minute | null |
/// | `{state}` | `live` | `disconnected`, `no contact`, `stale`, `stopped` or `removed` |
/// | `{strap}` | the strap's name | the same |
/// | `{measured_at}` | the time in UTC: `2026-11-24T16:03:59.120Z` | null |
/// | `{measured_at_ms}` | milliseconds since the Unix epoch | null |
/// | `{rr_ms}` | the RR intervals since the last call in milliseconds, oldest first | an empty list |
/// | `{contact}` | whether the strap has skin contact; null if it cannot detect that | the same |
/// | `{battery}` | the battery of the strap in per cent; null if unknown | the same |
/// | `{rmssd}`, `{sdnn}`, `{pnn50}` | of the last minute; null without reliable RR intervals | null |
/// | `{dfa_alpha1}` | DFA-α1 4–16 of the last two minutes; null without reliable RR intervals | null |
struct WebhookTemplate: Sendable, Equatable {
    static let standard =
        #"{"strap": {strap}, "state": {state}, "heart_rate": {heart_rate}, "measured_at": {measured_at}}"#

    enum Placeholder: String, CaseIterable, Sendable {
        case heartRate = "heart_rate"
        case state, strap
        case measuredAt = "measured_at"
        case measuredAtMilliseconds = "measured_at_ms"
        case rrMilliseconds = "rr_ms"
        case contact, battery, rmssd, sdnn, pnn50
        case dfaAlpha1 = "dfa_alpha1"
    }

    private let pattern: JSONPattern<Placeholder>

    init(_ text: String) throws(JSONPatternProblem) {
        let example = LiveStrap(name: "chest", value: .none(.disconnected))
        pattern = try JSONPattern(text) { Self.value(of: $0, example) }
    }

    func text(for strap: LiveStrap) -> String { pattern.filled { Self.value(of: $0, strap) } }

    private static func value(of placeholder: Placeholder, _ strap: LiveStrap) -> JSONPatternValue {
        switch placeholder {
        case .heartRate: strap.beatsPerMinute.map { .json("\($0)") } ?? .none
        case .state: .text(strap.stateWord)
        case .strap: .text(strap.name)
        case .measuredAt:
            strap.reading.map { .text(ISO8601.text(milliseconds: $0.measuredAtMilliseconds)) } ?? .none
        case .measuredAtMilliseconds: strap.reading.map { .json("\($0.measuredAtMilliseconds)") } ?? .none
        case .rrMilliseconds:
            .json("[\(strap.readings.flatMap(\.rrMilliseconds).map(String.init).joined(separator: ", "))]")
        case .contact: strap.hasContact.map { .json("\($0)") } ?? .none
        case .battery: strap.details.batteryPercent.map { .json("\($0)") } ?? .none
        case .rmssd: number(strap.variability?.rmssd, decimals: 1)
        case .sdnn: number(strap.variability?.sdnn, decimals: 1)
        case .pnn50: number(strap.variability?.pnn50, decimals: 1)
        case .dfaAlpha1: number(strap.variability?.dfaAlpha1, decimals: 2)
        }
    }

    private static func number(_ value: Double?, decimals: Int) -> JSONPatternValue {
        value.map { .json($0.text(decimals: decimals)) } ?? .none
    }
}
