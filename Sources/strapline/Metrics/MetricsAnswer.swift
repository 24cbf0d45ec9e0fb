import NIOHTTP1
import PrometheusMetrics

/// An answer of the uploader's HTTP address.
struct MetricsAnswer: Equatable, Sendable {
    var status: HTTPResponseStatus
    var contentType = "text/plain; charset=utf-8"
    var text: String

    static let notFound = MetricsAnswer(status: .notFound, text: "There are /metrics and /healthz here.\n")
    static let wrongMethod = MetricsAnswer(status: .methodNotAllowed, text: "This can only be read: GET.\n")

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
