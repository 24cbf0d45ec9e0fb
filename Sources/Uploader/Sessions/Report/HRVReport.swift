package import HRV
package import Recordings

/// Heart rate variability as `--json` prints it: each value is named after its definition.
package struct HRVReport: Encodable, Equatable {
    let intervals: Int
    let beats: Int
    let artefacts: Int
    let artefactShare: Double
    let gaps: Int
    let isReliable: Bool
    let rmssd: Double?
    let sdnn: Double?
    let pnn50: Double?
    let dfaAlpha1: Double?

    enum CodingKeys: String, CodingKey {
        case intervals, beats, artefacts, gaps
        case artefactShare = "artefact_share"
        case isReliable = "reliable"
        case rmssd = "rmssd_ms"
        case sdnn = "sdnn_ms"
        case pnn50 = "pnn50_percent_of_differences"
        case dfaAlpha1 = "dfa_alpha1_4_16"
    }

    /// `isReliable`: of what else is known about the beats.
    package init(_ summary: HRVSummary, isReliable: Bool = true) {
        intervals = summary.intervals
        beats = summary.beats
        artefacts = summary.artefacts
        artefactShare = summary.artefactShare
        gaps = summary.gaps
        self.isReliable = summary.isReliable && isReliable
        rmssd = summary.rmssd
        sdnn = summary.sdnn
        pnn50 = summary.pnn50
        dfaAlpha1 = summary.dfaAlpha1
    }
}

/// Heart rate variability as text.
package enum HRVText {
    package static let none =
        "no RR intervals: optical sensors have none, and Polar straps send none in broadcast mode"

    package static func lines(of summary: HRVSummary) -> [String] {
        guard summary.hasIntervals else { return [none] }
        var lines = [
            "RR intervals: \(summary.intervals), \(summary.artefacts) of them artefacts "
                + "(\(number(100 * summary.artefactShare, digits: 1)) %), \(count(summary.gaps, "gap"))"
        ]
        guard let rmssd = summary.rmssd, let sdnn = summary.sdnn, let pnn50 = summary.pnn50 else {
            return lines + ["too few beats for a value: \(HRVSummary.leastBeats) are needed"]
        }
        lines.append(
            "RMSSD \(number(rmssd, digits: 1)) ms, SDNN \(number(sdnn, digits: 1)) ms, "
                + "pNN50 \(number(pnn50, digits: 1)) % of the differences")
        if let alpha1 = summary.dfaAlpha1 {
            lines.append("\(DetrendedFluctuation.standard.name): \(number(alpha1, digits: 2))")
        }
        if !summary.isReliable { lines.append("not reliable: more than 5 % of the intervals are artefacts") }
        return lines
    }

    /// A warning that the strap may send its RR intervals in another unit; nil if they fit to the heart rate.
    package static func unitWarning(about recording: Recording) -> String? {
        guard recording.mayHaveIntervalsInMilliseconds, let ratio = recording.intervalRateRatio else { return nil }
        return "the RR intervals are \(number(100 * (ratio - 1), digits: 1)) % too short for the heart rate: this "
            + "strap may send ms instead of 1/1024 s. Nothing is corrected"
    }

    /// `1 gap`, `2 gaps`
    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// With this many decimals, whatever the language.
    package static func number(_ value: Double, digits: Int) -> String {
        let factor = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        let scaled = Int((abs(value) * factor).rounded())
        let fraction = "\(scaled % Int(factor))"
        return (value < 0 ? "-" : "") + "\(scaled / Int(factor))."
            + String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
    }
}
