/// How long a stream may be silent and how much it may bring.
package struct WebSocketLimits: Sendable {
    /// For the TCP connection to stand.
    package var connectTimeout: Duration = .seconds(10)
    /// For everything until the upgrade is done or refused: TLS, request, answer.
    package var upgradeTimeout: Duration = .seconds(15)
    /// After which a silent server is pinged: less than the minute or so after which proxies and routers forget a
    /// silent connection.
    package var pingAfter: Duration = .seconds(15)
    /// For anything to be heard after a ping; then the connection is given up. Together with ``pingAfter`` a dead link
    /// is known within half a minute.
    package var pongTimeout: Duration = .seconds(10)
    /// A reading is some hundred bytes; the configuration of a room is an arbitrary object.
    package var messageBytes = 256 * 1024
    /// Frames of one message. Servers send one; a proxy may cut a large message into pieces of some KiB.
    package var fragments = 256
    /// How much is kept of what a server says when it refuses.
    package var refusalBytes = 4 * 1024
    /// Events that wait for a slow consumer; beyond these the oldest are dropped, for a live view wants the newest.
    package var bufferedEvents = 1024

    package init() {}
}
