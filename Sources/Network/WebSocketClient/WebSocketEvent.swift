/// What happens on a ``WebSocketStream``.
package enum WebSocketEvent: Sendable {
    /// The stream is open.
    case connected
    /// A text message.
    case message(String)
    /// The stream ended, or did not open; it is tried again after this long.
    case disconnected(WebSocketError, retryIn: Duration)
}
