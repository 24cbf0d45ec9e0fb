package import HRV

/// The values of a series of RR intervals in every form that common tools use, each named after its definition.
package struct RRFileReport: Encodable {
    private let report: HRVReport
    private let stretches: Int
    private let nn50: Int
    private let pnn50OfIntervals: Double?
    /// By box sizes and boxes: `dfa_alpha1_4_16_both_ways`.
    private let alpha1: [String: Double]

    /// `accepted` are the intervals without artefacts.
    package init(_ accepted: RRStretches, _ summary: HRVSummary) {
        report = HRVReport(summary)
        stretches = accepted.stretches.count
        nn50 = HRVMetrics.nn50(accepted)
        pnn50OfIntervals = HRVMetrics.pnn50(accepted, of: .intervals)
        var alpha1: [String: Double] = [:]
        for sizes in [4...11, 4...12, 4...16, 3...16] {
            for (boxes, suffix) in [(DetrendedFluctuation.Boxes.forwards, ""), (.bothWays, "_both_ways")] {
                let value = DetrendedFluctuation(boxSizes: sizes, boxes: boxes).alpha1(accepted)
                alpha1["dfa_alpha1_\(sizes.lowerBound)_\(sizes.upperBound)\(suffix)"] = value
            }
        }
        self.alpha1 = alpha1
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(stretches, forKey: Key(stringValue: "stretches"))
        try container.encode(nn50, forKey: Key(stringValue: "nn50"))
        try container.encodeIfPresent(pnn50OfIntervals, forKey: Key(stringValue: "pnn50_percent_of_intervals"))
        for (name, value) in alpha1 { try container.encode(value, forKey: Key(stringValue: name)) }
    }
}
