import DateFormats
import HeartRate
import Outbox

/// JSON with placeholders for the values of a reading. See ``JSONPattern``.
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

    enum Placeholder: String, CaseIterable, Sendable {
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

        init(_ problem: JSONPatternProblem) {
            switch problem {
            case .unknownPlaceholder(let name, _): self = .unknownPlaceholder(name)
            case .notJSON: self = .notJSON
            }
        }

        /// The end of a sentence about the template.
        var description: String {
            switch self {
            case .unknownPlaceholder(let name):
                JSONPatternProblem.unknownPlaceholder(name, known: Placeholder.allCases.map(\.rawValue)).description
            case .notJSON: JSONPatternProblem.notJSON.description
            case .noHeartRate: "lacks {heart_rate}"
            }
        }
    }

    private let pattern: JSONPattern<Placeholder>

    /// - Throws: ``Problem`` unless it is JSON with known placeholders.
    init(_ text: String) throws(Problem) {
        let example = Reading(
            strap: "chest",
            measurement: HeartRateMeasurement(beatsPerMinute: 60, contact: .detected, rrIntervals: [1024]),
            measuredAtMilliseconds: 0, bootMilliseconds: 0)
        do throws(JSONPatternProblem) {
            pattern = try JSONPattern(text) { Self.value(of: $0, example, device: "") }
        } catch {
            throw Problem(error)
        }
        guard pattern.placeholders.contains(.heartRate) else { throw .noHeartRate }
    }

    /// Whether the placeholder for the device is there.
    var namesDevice: Bool { pattern.placeholders.contains(.device) }

    /// The JSON for a reading that has a heart rate.
    func text(for reading: Reading, device: String) -> String {
        pattern.filled { Self.value(of: $0, reading, device: device) }
    }

    private static func value(of placeholder: Placeholder, _ reading: Reading, device: String) -> JSONPatternValue {
        switch placeholder {
        case .heartRate: .json("\(reading.heartRate ?? 0)")
        case .measuredAtMilliseconds: .json("\(reading.measuredAtMilliseconds)")
        case .measuredAt: .text(ISO8601.text(milliseconds: reading.measuredAtMilliseconds))
        case .strap: .text(reading.strap)
        case .device: .text(device)
        case .rrMilliseconds: .json("[\(reading.rrMilliseconds.map(String.init).joined(separator: ", "))]")
        case .contact: .json(reading.hasContact.map { "\($0)" } ?? "null")
        case .id: .text("\(reading.strap)-\(reading.measuredAtMilliseconds)")
        }
    }
}
