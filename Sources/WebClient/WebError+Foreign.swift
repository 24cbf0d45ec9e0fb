import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension WebError {
    /// Translates what async-http-client and SwiftNIO throw.
    init(_ error: any Error, service: ServiceAddress, mayHaveArrived: Bool) {
        let code = Self.code(of: error, isOnItsWay: mayHaveArrived)
        self.init(
            code: code, service: service.description, underlying: Self.text(of: error),
            mayHaveArrived: mayHaveArrived)
    }

    private static func code(of error: any Error, isOnItsWay: Bool) -> Code {
        switch error {
        case let error as HTTPClientError: code(of: error)
        case let error as NIOConnectionError: code(of: error)
        case let error as IOError: code(of: error, isOnItsWay: isOnItsWay)
        case is ResponseCollector.TooLarge: .responseTooLarge
        case HTTPParserError.invalidEOFState: .connectionLost
        case is HTTPParserError: .malformedResponse
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: isOnItsWay ? .connectionLost : .tls
        case ChannelError.connectTimeout: .connectTimeout
        case is ChannelError: isOnItsWay ? .connectionLost : .unreachable
        case is CancellationError: .cancelled
        default: .other
        }
    }

    private static func code(of error: HTTPClientError) -> Code {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: .connectTimeout
        case .tlsHandshakeTimeout: .tls
        case .readTimeout, .writeTimeout, .deadlineExceeded: .answerTimeout
        case .remoteConnectionClosed, .uncleanShutdown: .connectionLost
        case .cancelled, .alreadyShutdown: .cancelled
        default: .other
        }
    }

    private static func code(of error: NIOConnectionError) -> Code {
        if error.connectionErrors.isEmpty { return .nameNotFound }
        let errors = error.connectionErrors.map { code(of: $0.error, isOnItsWay: false) }
        return errors.contains(.connectionRefused) ? .connectionRefused : errors.first ?? .unreachable
    }

    private static func code(of error: IOError, isOnItsWay: Bool) -> Code {
        if isOnItsWay { return .connectionLost }
        return error.errnoCode == ECONNREFUSED ? .connectionRefused : .unreachable
    }

    /// The error's type and its own words.
    private static func text(of error: any Error) -> String {
        if error is ResponseCollector.TooLarge { return "" }
        if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
            return text(of: first.error)
        }
        return "\(type(of: error)): \(error)"
    }
}
