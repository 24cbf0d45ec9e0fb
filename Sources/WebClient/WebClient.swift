import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// A small HTTP/1.1 client: requests of a few bytes, answers of bounded size, nothing that outlives its time.
///
/// It sends each request once and follows no redirect, for a token must not travel to another host; what to do about a
/// failure is decided in Delivery. It speaks HTTP/1.1 only: with HTTP/2 async-http-client stalls against servers that
/// answer before they have read the body. Connections are kept and used again; they are closed when the last reference to
/// the client goes.
///
/// ```swift
/// let client = WebClient()
/// let endpoint = try Endpoint(.get, ServiceAddress("https://dev.pulsoid.net"), path: "/api/v1/token/validate")
/// let response = try await client.send(to: endpoint, headers: [("Authorization", token.bearer)])
/// ```
public final class WebClient: Sendable {
    /// Who we are in the header `User-Agent`.
    public static let userAgent = "strapline"

    /// One thread carries hundreds of requests a second; it lives as long as the program.
    private static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    public let limits: WebClientLimits
    private let client: HTTPClient

    public init(limits: WebClientLimits = WebClientLimits()) {
        self.limits = limits
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(limits.connectTimeout), read: TimeAmount(limits.silenceTimeout)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.idleTimeout = TimeAmount(limits.idleTimeout)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.connections
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .shared(Self.eventLoops), configuration: configuration)
    }

    deinit {
        // Keeps the client below alive until its connections are closed.
        client.shutdown { _ in }
    }

    /// Sends one request and waits for the whole answer, whatever its status.
    ///
    /// Throws ``WebError`` when there is none; its ``WebError/mayHaveArrived`` says whether the request was on its way.
    /// The headers are added to those that every request has; the body is JSON.
    public func send(
        to endpoint: Endpoint, headers: [(String, String)] = [], body: String? = nil
    ) async throws(WebError) -> WebResponse {
        let collector = ResponseCollector(limitBytes: limits.responseBytes)
        do {
            // A request that is cancelled before it starts must not start.
            try Task.checkCancellation()
            let task = client.execute(
                request: endpoint.request(headers: headers, body: body), delegate: collector,
                deadline: .now() + TimeAmount(limits.totalTimeout))
            return try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            throw WebError(error, service: endpoint.service, mayHaveArrived: collector.isOnItsWay)
        }
    }
}
