import Pulsoid

/// What happens to the connection of a stream, in words for stderr.
enum StreamNotice {
    /// Nil for a message, which is no notice.
    static func text<Message>(_ event: PulsoidEvent<Message>) -> String? {
        switch event {
        case .connected: "connected"
        case .disconnected(let reason, let wait):
            "disconnected: \(reason) Trying again in \(wait.components.seconds) s."
        case .message: nil
        }
    }
}
