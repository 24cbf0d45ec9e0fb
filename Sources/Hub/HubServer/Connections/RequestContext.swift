/// What is known of a request beside what it says.
struct RequestContext: Sendable {
    /// The other end of the connection.
    var peer = PeerAddress.unknown
    /// The client that made the request: ``peer``, or the one that a trusted proxy names.
    var client = PeerAddress.unknown
    var openConnections = 0
    /// The place of the connection; nil when there was none for it, or where nothing is counted.
    var place: ConnectionPlace?
    /// There was no place for the connection.
    var isOverloaded = false
}
