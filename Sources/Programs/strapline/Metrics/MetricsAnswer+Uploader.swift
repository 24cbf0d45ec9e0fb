import LocalMetrics
import NIOHTTP1
import PrometheusMetrics

extension MetricsAnswer {
    static func metrics(of report: StatusReport) -> MetricsAnswer {
        MetricsAnswer(
            status: .ok, contentType: MetricsText.contentType,
            text: MetricsText.text(of: UploaderMetrics.families(of: report)))
    }

    static func health(_ problems: [String]) -> MetricsAnswer {
        problems.isEmpty
            ? MetricsAnswer(status: .ok, text: "ok\n")
            : MetricsAnswer(status: .serviceUnavailable, text: problems.map { $0 + "\n" }.joined())
    }
}
