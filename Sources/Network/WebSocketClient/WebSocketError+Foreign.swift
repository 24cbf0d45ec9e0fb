import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

extension WebSocketError {
    /// Translates what SwiftNIO throws while a stream opens.
    static func opening(_ error: any Error, of request: WebSocketRequest) -> WebSocketError {
        let underlying = "\(type(of: error)): \(error)"
        return switch error {
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            WebSocketError(.tls, request.server, underlying: underlying)
        case is NIOHTTPClientUpgradeError, is HTTPParserError:
            WebSocketError(.protocolViolation, request.server, underlying: underlying)
        default: WebSocketError(.cannotConnect, request.server, underlying: underlying)
        }
    }

    /// Translates what SwiftNIO throws while a stream is open.
    static func reading(_ error: any Error, of request: WebSocketRequest) -> WebSocketError {
        let underlying = "\(type(of: error)): \(error)"
        return switch error {
        case let error as WebSocketError: error
        case is CancellationError: WebSocketError(.cancelled, request.server)
        case NIOWebSocketError.invalidFrameLength: WebSocketError(.messageTooLarge, request.server)
        case is NIOWebSocketError: WebSocketError(.protocolViolation, request.server, underlying: underlying)
        default: WebSocketError(.closed, request.server, underlying: underlying)
        }
    }
}
