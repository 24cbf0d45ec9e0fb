import HTTPTypes
import HubStore
import HummingbirdCore
import LocalMetrics
import Logging
import NIOCore
import NIOHTTP1
import PrometheusMetrics
import Timing

/// What a machine asks that looks after the hub.
extension HubResponder {
    private struct Health: Encodable {
        let status = "ok"
    }

    /// `GET /healthz`: 200 while the hub can do its work; 507 or 500 when the database does not take what is written. It says
    /// no more, so anybody may ask.
    ///
    /// While writes succeed none is made for this, so that a card is spared; once one has failed each question tries one.
    func health() async throws -> HubResponse {
        // Strangers may ask as often as they like: the writer is asked once at a time.
        try await healthCheck.run {
            if metrics.counts.lastCommitSucceeded == false {
                try await store.checkWriting()
                metrics.count { $0.databaseWorks() }
            } else {
                try await store.checkReading()
            }
        }
        return .json(Health(), fields: [.cacheControl: "no-store"])
    }

    /// `GET /metrics`: with a token of the administration, wherever the request comes from. Heart rates are in there, and no
    /// address and no header shows that a request comes from this machine: a proxy here passes on those of strangers.
    func metricsPage(_ request: Request, _ context: RequestContext) async throws -> HubResponse {
        try await requireAdministrator(
            request.headers, SecurityOrigin(context, route: OpenEndpoint.metrics.route))
        var response = HubResponse.text(
            metricsText(openConnections: context.openConnections), contentType: MetricsText.contentType)
        response.fields[.cacheControl] = "no-store"
        return response
    }

    /// The same without a token, on a listener of its own for programs on this machine, where one was asked for.
    func localAnswer(_ path: String, openConnections: Int) async -> MetricsAnswer {
        switch path {
        case "/metrics":
            return MetricsAnswer(
                status: .ok, contentType: MetricsText.contentType, text: metricsText(openConnections: openConnections))
        case "/healthz":
            do {
                _ = try await health()
                return MetricsAnswer(status: .ok, text: "ok\n")
            } catch {
                return MetricsAnswer(status: .serviceUnavailable, text: "\(error)\n")
            }
        default: return .notFound
        }
    }

    private func metricsText(openConnections: Int) -> String {
        let figures = HubFigures(
            counts: metrics.counts, directory: store.directory, openConnections: openConnections,
            files: store.fileSizes, now: store.time.now())
        return MetricsText.text(of: figures.families)
    }
}
