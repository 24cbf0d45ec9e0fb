package import EventThread

/// A small HTTP/1.1 client: requests of a few bytes, answers of bounded size, nothing that outlives its time.
///
/// It follows no redirect, for a token must not travel to another host; what to do about a failure is decided in
/// Delivery. Connections are kept and used again; they are closed when the last reference to the client goes. libcurl
/// does the work (docs/architecture.md says why); where a kept connection turns out to be closed before a byte of the
/// answer came, it sends the request once more over a new one.
///
/// ```swift
/// let client = WebClient()
/// let endpoint = try RequestTemplate(.get, ServiceAddress("https://dev.pulsoid.net"), path: "/api/v1/token/validate")
/// let response = try await client.send(to: endpoint, headers: [("Authorization", token.bearer)])
/// ```
package final class WebClient: Sendable {
    /// The value of the header `User-Agent`.
    package static let userAgent = "strapline"

    package let limits: WebClientLimits
    private let transfers: Transfers

    /// One thread carries thousands of requests a second.
    package init(
        limits: WebClientLimits = WebClientLimits(), network: NetworkSettings = NetworkSettings(),
        thread: EventThread = .shared
    ) {
        self.limits = limits
        transfers = Transfers(limits: limits, network: network, on: thread)
    }

    /// Sends a request and waits for the whole answer, whatever its status.
    ///
    /// Throws ``WebError`` when there is none; its ``WebError/mayHaveArrived`` says whether the request was on its way.
    /// The headers are added to those that every request has; the body is what the endpoint's method says.
    package func send(
        to endpoint: RequestTemplate, headers: [(String, String)] = [], body: String = ""
    ) async throws(WebError) -> WebResponse {
        try await transfers.send(to: endpoint, headers: headers, body: Array(body.utf8))
    }

    /// The same with a body of bytes, such as a large or a compressed one.
    package func send(
        to endpoint: RequestTemplate, headers: [(String, String)] = [], bytes: [UInt8]
    ) async throws(WebError) -> WebResponse {
        try await transfers.send(to: endpoint, headers: headers, body: bytes)
    }
}
