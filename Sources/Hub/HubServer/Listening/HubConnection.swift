import NIOCore
import NIOHTTPTypes

/// What a connection turned out to be.
enum HubConnection: Sendable {
    typealias HTTPChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    case http(HTTPChannel)
    /// Served by its ``WebSocketHandler``.
    case webSocket(any Channel)
}
