/// How long a request may take and how much it may bring. The defaults suit small JSON requests to a service on the
/// Internet, sent every second for weeks.
package struct WebClientLimits: Sendable {
    /// For the connection to stand, TLS included. A reachable server answers within a round trip or three; a firewall
    /// that drops packets never does.
    package var connectTimeout: Duration = .seconds(10)
    /// For the next byte of an answer, its head above all.
    package var silenceTimeout: Duration = .seconds(15)
    /// For the whole request, waiting for a connection included: a server that sends a byte now and then does not hold
    /// a delivery up for ever.
    package var totalTimeout: Duration = .seconds(30)
    /// After which an unused connection is closed: less than the 60 or 75 seconds after which servers close theirs, so
    /// that a request seldom meets a connection that has just been closed.
    package var idleTimeout: Duration = .seconds(45)
    /// Answers are some hundred bytes; a page of a captive portal is larger and worth no memory.
    package var responseBytes = 64 * 1024
    /// Connections to one server, and with it requests under way: what Pulsoid's twenty requests a second need at a
    /// round trip of 400 ms.
    package var connections = 8

    package init() {}
}
