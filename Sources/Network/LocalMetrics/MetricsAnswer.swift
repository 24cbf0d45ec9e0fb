package import NIOHTTP1

/// An answer of a ``MetricsServer``.
package struct MetricsAnswer: Equatable, Sendable {
    package var status: HTTPResponseStatus
    package var contentType: String
    package var text: String

    package init(status: HTTPResponseStatus, contentType: String = "text/plain; charset=utf-8", text: String) {
        self.status = status
        self.contentType = contentType
        self.text = text
    }

    package static let notFound = MetricsAnswer(
        status: .notFound, text: "This address serves /metrics and /healthz.\n")
    static let wrongMethod = MetricsAnswer(status: .methodNotAllowed, text: "Use GET.\n")
    static let unauthorized = MetricsAnswer(
        status: .unauthorized, text: "Send the token of metrics.token_file: Authorization: Bearer TOKEN\n")
    static let busy = MetricsAnswer(status: .serviceUnavailable, text: "Too many connections. Try again.\n")
}
