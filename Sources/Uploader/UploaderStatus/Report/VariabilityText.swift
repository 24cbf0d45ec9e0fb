import HRV
import Outputs
import Sessions

/// Live heart rate variability as a line of `strapline status`.
enum VariabilityText {
    static func line(of report: LiveVariabilityReport) -> String {
        guard report.hasIntervals else { return HRVText.none }
        let parts = [
            report.minute.flatMap { words(for: $0, "60 s") }, report.fiveMinutes.flatMap { words(for: $0, "300 s") },
            report.twoMinutes?.dfaAlpha1.map {
                "\(DetrendedFluctuation.standard.name) of 120 s: \(HRVText.number($0, digits: 2))"
            },
        ].compactMap(\.self)
        guard !parts.isEmpty else {
            let beats = report.minute.map { $0.intervals - $0.artefacts } ?? 0
            return "too few RR intervals for a value: \(beats) of \(HRVSummary.leastBeats)"
        }
        return parts.joined(separator: "; ")
    }

    private static func words(for window: LiveVariabilityReport.Window, _ name: String) -> String? {
        guard let rmssd = window.rmssd, let sdnn = window.sdnn, let pnn50 = window.pnn50 else { return nil }
        let artefacts = HRVText.number(100 * window.artefactShare, digits: 1)
        return "\(name): RMSSD \(HRVText.number(rmssd, digits: 1)) ms, SDNN \(HRVText.number(sdnn, digits: 1)) ms, "
            + "pNN50 \(HRVText.number(pnn50, digits: 1)) %, \(window.intervals) intervals, \(artefacts) % artefacts"
            + (window.isReliable ? "" : ", not reliable")
    }
}
