import FoundationEssentials
import HRV

/// Live heart rate variability as JSON: in `strapline status --json`, `/hr.json` and MQTT.
package struct LiveVariabilityReport: Codable, Equatable, Sendable {
    /// Values of one window, with what they rest on.
    package struct Window: Codable, Equatable, Sendable {
        package var rmssd: Double?
        package var sdnn: Double?
        package var pnn50: Double?
        package var dfaAlpha1: Double?
        package var intervals: Int
        package var artefacts: Int
        package var artefactShare: Double
        package var gaps: Int
        package var isReliable: Bool

        enum CodingKeys: String, CodingKey {
            case intervals, artefacts, gaps
            case rmssd = "rmssd_ms"
            case sdnn = "sdnn_ms"
            case pnn50 = "pnn50_percent_of_differences"
            case dfaAlpha1 = "dfa_alpha1_4_16"
            case artefactShare = "artefact_share"
            case isReliable = "reliable"
        }

        /// DFA-α1 alone, or all others.
        init(_ summary: HRVSummary, isAlpha: Bool = false) {
            rmssd = isAlpha ? nil : summary.rmssd.map(Self.rounded)
            sdnn = isAlpha ? nil : summary.sdnn.map(Self.rounded)
            pnn50 = isAlpha ? nil : summary.pnn50.map(Self.rounded)
            dfaAlpha1 = isAlpha ? summary.dfaAlpha1.map(Self.rounded) : nil
            intervals = summary.intervals
            artefacts = summary.artefacts
            artefactShare = Self.rounded(summary.artefactShare)
            gaps = summary.gaps
            isReliable = summary.isReliable
        }

        /// To a thousandth: more is no information.
        private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
    }

    /// Whether the strap sends RR intervals at all. Without them there are no windows.
    package var hasIntervals: Bool
    package var minute: Window?
    package var fiveMinutes: Window?
    package var twoMinutes: Window?

    enum CodingKeys: String, CodingKey {
        case hasIntervals = "rr_intervals"
        case minute = "last_60_s"
        case fiveMinutes = "last_300_s"
        case twoMinutes = "last_120_s"
    }

    package init(_ values: LiveVariability) {
        hasIntervals = values.hasIntervals
        guard hasIntervals else { return }
        minute = Window(values.minute)
        fiveMinutes = Window(values.fiveMinutes)
        twoMinutes = Window(values.twoMinutes, isAlpha: true)
    }

    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Numbers alone: there is nothing that cannot be encoded.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
