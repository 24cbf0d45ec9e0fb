/// Why a request has no answer.
package struct WebError: Error, Sendable, CustomStringConvertible {
    /// What happened, in names that do not change.
    package enum Code: String, Sendable, Hashable {
        /// The host's name leads to no address.
        case nameNotFound
        /// No program listens at the address, or a device on the way reports so.
        case connectionRefused
        /// No connection for another reason: no route, no network.
        case unreachable
        /// The connection did not stand in time.
        case connectTimeout
        /// TLS was not agreed on, or the certificate is not trusted.
        case tls
        /// The proxy of the configuration cannot be reached, or does not let the request through.
        case proxy
        /// The answer did not come, or not to its end, in time.
        case answerTimeout
        /// The connection ended before the answer did.
        case connectionLost
        /// The answer is larger than ``WebClientLimits/responseBytes``.
        case responseTooLarge
        /// The answer is not HTTP.
        case malformedResponse
        /// The answer is compressed in a way that this machine's libcurl cannot read, or is broken.
        case unreadableEncoding
        /// The task was cancelled.
        case cancelled
        /// Something else; see ``WebError/underlying``.
        case other
    }

    package let code: Code
    /// Where the request went, as ``ServiceAddress/shown``.
    package let service: String
    /// Name and text of the error below. Holds no header and no body, and so no token.
    package let underlying: String
    /// Whether the server may have processed the request: it was sent before the error.
    package let mayHaveArrived: Bool

    package init(code: Code, service: String, underlying: String, mayHaveArrived: Bool) {
        self.code = code
        self.service = service
        self.underlying = underlying
        self.mayHaveArrived = mayHaveArrived
    }

    package var description: String {
        let sentence =
            switch code {
            case .nameNotFound: "The name of \(service) leads to no address: check the network and the name."
            case .connectionRefused: "\(service) refuses the connection: is the service running, and the port right?"
            case .unreachable: "\(service) cannot be reached: check the network."
            case .connectTimeout: "\(service) did not take the connection in time."
            case .tls: "No secure connection to \(service): check the address, this machine's clock and certificates."
            case .proxy: "The proxy lets nothing through to \(service): check its address and its login."
            case .answerTimeout: "\(service) did not answer in time."
            case .connectionLost: "\(service) closed the connection before its answer was complete."
            case .responseTooLarge: "\(service) sent an answer that is too large to be its own."
            case .malformedResponse:
                "\(service) did not answer in HTTP: check the port and whether it is http or https."
            case .unreadableEncoding:
                "\(service) sent a compressed answer that cannot be read: turn compression off there, or in the proxy."
            case .cancelled: "The request to \(service) was given up because the program stops."
            case .other: "The request to \(service) failed."
            }
        return underlying.isEmpty ? sentence : "\(sentence) (\(underlying))"
    }
}
