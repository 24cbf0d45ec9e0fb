import NIOCore
import NIOHTTPTypes

/// The kind of a connection.
enum HubConnection: Sendable {
    typealias HTTPChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    case http(HTTPChannel)
    /// Served by its ``WebSocketHandler``.
    case webSocket(any Channel)
}
