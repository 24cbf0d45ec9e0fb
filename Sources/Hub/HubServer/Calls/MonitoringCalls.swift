import HTTPTypes
import HubStore
import LocalMetrics
import NIOHTTP1
import PrometheusMetrics
import Timing

/// The calls of monitoring: `/healthz` and `/metrics`.
struct MonitoringCalls: Sendable {
    private struct Health: Encodable {
        let status = "ok"
    }

    private let store: HubStore
    private let metrics: HubMetrics
    private let healthCheck = SharedCheck()

    init(store: HubStore, metrics: HubMetrics) {
        self.store = store
        self.metrics = metrics
    }

    /// `GET /healthz`: 200 while the hub works; 507 or 500 if the database refuses writes, 503 if it is away. It
    /// reports no more, so it needs no token.
    ///
    /// While writes succeed it writes nothing, to spare an SD card. After a failure each request tries a write.
    func health() async throws -> HubResponse {
        try store.database.requireContact()
        // Strangers can ask at any rate, so there is one check at a time.
        try await healthCheck.run {
            if metrics.counts.lastCommitSucceeded == false {
                try await store.database.checkWriting()
                metrics.count { $0.databaseWorks() }
            } else {
                try await store.database.checkReading()
            }
        }
        return .json(Health(), fields: [.cacheControl: "no-store"])
    }

    /// `GET /metrics`. It holds heart rates, so it needs a token of the administration, also from this machine: a
    /// proxy here forwards strangers' requests, and no header proves otherwise.
    func metricsPage(openConnections: Int) -> HubResponse {
        var response = HubResponse.text(
            metricsText(openConnections: openConnections), contentType: MetricsText.contentType)
        response.fields[.cacheControl] = "no-store"
        return response
    }

    /// The same without a token, on a separate loopback listener (`--metrics-port`).
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
        let snapshot = MetricsSnapshot(
            counts: metrics.counts, directory: store.database.directory, openConnections: openConnections,
            files: store.database.sizes, server: store.database.serverStatus, now: store.time.now())
        return MetricsText.text(of: snapshot.families)
    }
}
