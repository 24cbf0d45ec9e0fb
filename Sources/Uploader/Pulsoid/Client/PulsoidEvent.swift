package import WebSocketClient

/// What happens on a stream of Pulsoid.
package enum PulsoidEvent<Message: Sendable>: Sendable {
    /// The stream is open.
    case connected
    case message(Message)
    /// The stream ended, or did not open; it is tried again after this long.
    case disconnected(reason: String, retryIn: Duration)
}

/// The events of a stream of Pulsoid. Ends by throwing when the server does not take the token.
package typealias PulsoidEvents<Message: Sendable> = AsyncThrowingCompactMapSequence<
    WebSocketStream.Events, PulsoidEvent<Message>
>
