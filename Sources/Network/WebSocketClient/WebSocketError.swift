import TextFormats

/// Why a stream did not open, or why it ended.
package struct WebSocketError: Error, Sendable, CustomStringConvertible {
    /// What happened, in names that do not change.
    package enum Code: String, Sendable, Hashable {
        /// No TCP connection, or no address for the name.
        case cannotConnect
        /// TLS was not agreed on, or the certificate is not trusted.
        case tls
        /// The upgrade was not done in time.
        case upgradeTimeout
        /// The server answered 401: the token is missing, wrong, expired, or without the scope.
        case unauthorised
        /// The server answered 403.
        case forbidden
        /// The server answered with another status than 101.
        case refused
        /// The server closed the stream, or the connection broke.
        case closed
        /// Nothing was heard, not even an answer to a ping.
        case silent
        /// The server sent a message that is larger than ``WebSocketLimits/messageBytes``.
        case messageTooLarge
        /// The server broke RFC 6455.
        case protocolViolation
        /// The task was cancelled.
        case cancelled
    }

    package let code: Code
    /// Scheme, host and port.
    package let server: String
    /// The HTTP status of a refused upgrade.
    package let status: Int?
    /// The beginning of the body of a refused upgrade, as it came.
    package let body: [UInt8]
    /// The code in the server's close frame (RFC 6455, section 7.4).
    package let closeCode: UInt16?
    /// Name and text of the error below, or what the server gave as its reason. Holds no header, and so no token,
    /// unless the server repeats it.
    package let underlying: String

    init(
        _ code: Code, _ server: String, status: Int? = nil, body: [UInt8] = [], closeCode: UInt16? = nil,
        underlying: String = ""
    ) {
        self.code = code
        self.server = server
        self.status = status
        self.body = body
        self.closeCode = closeCode
        self.underlying = underlying
    }

    /// Whether trying again is of no use until the user has done something.
    package var isFinal: Bool { code == .unauthorised || code == .forbidden }

    package var description: String {
        let sentence =
            switch code {
            case .cannotConnect: "\(server) cannot be reached."
            case .tls: "No secure connection to \(server): check the address, this machine's clock and certificates."
            case .upgradeTimeout: "\(server) did not open the stream in time."
            case .unauthorised, .forbidden, .refused: "\(server) refused the stream with status \(status ?? 0)."
            case .closed: "\(server) closed the stream" + (closeCode.map { " with code \($0)." } ?? ".")
            case .silent: "\(server) fell silent."
            case .messageTooLarge: "\(server) sent a message that is too large."
            case .protocolViolation: "\(server) does not speak WebSocket as it should."
            case .cancelled: "The stream from \(server) was given up because the program stops."
            }
        // The server chooses the reason of its goodbye.
        return underlying.isEmpty ? sentence : "\(sentence) (\(underlying.printable()))"
    }
}
