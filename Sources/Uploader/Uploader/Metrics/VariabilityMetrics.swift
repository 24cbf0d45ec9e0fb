import Outputs
import PrometheusMetrics
import UploaderStatus

/// Live heart rate variability as metrics. Only a live strap that sends RR intervals has samples.
enum VariabilityMetrics {
    static func families(of straps: [StrapReport]) -> [MetricFamily] {
        let windows = straps.flatMap { strap in
            [
                ("60s", strap.variability?.minute), ("300s", strap.variability?.fiveMinutes),
                ("120s", strap.variability?.twoMinutes),
            ].compactMap { name, window in window.map { Sample(strap: strap.strap, window: name, values: $0) } }
        }
        guard !windows.isEmpty else { return [] }
        func samples(_ value: (LiveVariabilityReport.Window) -> Double?) -> [MetricSample] {
            windows.compactMap { sample in
                value(sample.values).map { MetricSample($0, ["strap": sample.strap, "window": sample.window]) }
            }
        }
        return [
            MetricFamily(
                "strapline_hrv_rmssd_seconds", help: "RMSSD over the window.",
                .gauge(samples { $0.rmssd.map { $0 / 1000 } })),
            MetricFamily(
                "strapline_hrv_sdnn_seconds", help: "SDNN over the window.",
                .gauge(samples { $0.sdnn.map { $0 / 1000 } })),
            MetricFamily(
                "strapline_hrv_pnn50_ratio", help: "Share of differences of more than 50 ms over the window.",
                .gauge(samples { $0.pnn50.map { $0 / 100 } })),
            MetricFamily(
                "strapline_hrv_dfa_alpha1", help: "DFA-alpha1 with boxes of 4 to 16 beats over the window.",
                .gauge(samples(\.dfaAlpha1))),
            MetricFamily(
                "strapline_hrv_artefact_ratio", help: "Share of artefacts among the RR intervals of the window.",
                .gauge(samples { $0.artefactShare })),
            MetricFamily(
                "strapline_hrv_intervals", help: "RR intervals in the window.",
                .gauge(samples { Double($0.intervals) })),
        ]
    }

    private struct Sample {
        let strap: String
        let window: String
        let values: LiveVariabilityReport.Window
    }
}
