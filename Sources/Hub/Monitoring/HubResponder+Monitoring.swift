import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
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

    /// `GET /metrics`: for whoever asks from this machine, or with a token of the administration. Heart rates are in there.
    func metricsPage(_ request: Request, _ context: RequestContext) async throws -> HubResponse {
        if !context.isFromThisMachine(request.headers, authority: request.head.authority) {
            try await requireAdministrator(request.headers, client: context.client)
        }
        let figures = HubFigures(
            counts: metrics.counts, directory: store.directory, openConnections: context.openConnections,
            files: store.fileSizes, now: store.time.now())
        var response = HubResponse.text(MetricsText.text(of: figures.families), contentType: MetricsText.contentType)
        response.fields[.cacheControl] = "no-store"
        return response
    }
}
