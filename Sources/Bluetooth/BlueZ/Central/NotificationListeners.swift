import DBus

/// The receivers of the straps' packets, as the loop knows them. A listener is a task that runs until its attempts end.
///
/// A listener of a connected strap outlives the link. bluetoothd renews a subscription when the strap is back, before
/// it shows the services. Packets in between are received too.
struct NotificationListeners {
    private struct Listener {
        /// The characteristic, or the device that broadcasts.
        var path: ObjectPath
        /// The latest one. Packets belong to it.
        var attempt: Int
        let attempts: AsyncStream<Int>.Continuation
        let outlivesLink: Bool
    }

    /// By the strap's number.
    private var listeners: [Int: Listener] = [:]

    /// Subscribes once more. Returns the attempts of a new listener, to be run; nil where there is one.
    mutating func subscribe(_ strap: Int, to path: ObjectPath, _ attempt: Int) -> AsyncStream<Int>? {
        // The device may have been another strap's before.
        for (other, listener) in listeners where other != strap && listener.path == path { end(other) }
        let attempts = listeners[strap]?.path == path ? nil : begin(strap, path, outlivesLink: true)
        listeners[strap]?.attempt = attempt
        listeners[strap]?.attempts.yield(attempt)
        return attempts
    }

    /// Returns a stream that ends with the need for broadcasts of the device.
    mutating func receiveBroadcasts(_ strap: Int, _ device: ObjectPath, _ attempt: Int) -> AsyncStream<Int> {
        let attempts = begin(strap, device, outlivesLink: false)
        listeners[strap]?.attempt = attempt
        return attempts
    }

    /// The link has ended.
    mutating func unsubscribe(_ strap: Int) {
        if listeners[strap]?.outlivesLink == false { end(strap) }
    }

    /// The connection to the bus has ended, to which they are bound.
    mutating func endAll() {
        for strap in listeners.keys { end(strap) }
    }

    /// The attempt to which a packet belongs; nil when the strap is not heard there any more.
    func attempt(of strap: Int, from path: ObjectPath) -> Int? {
        listeners[strap].flatMap { $0.path == path ? $0.attempt : nil }
    }

    private mutating func begin(_ strap: Int, _ path: ObjectPath, outlivesLink: Bool) -> AsyncStream<Int> {
        end(strap)
        let (attempts, continuation) = AsyncStream.makeStream(of: Int.self)
        listeners[strap] = Listener(path: path, attempt: 0, attempts: continuation, outlivesLink: outlivesLink)
        return attempts
    }

    /// The strap is not wanted any more.
    mutating func end(_ strap: Int) {
        listeners.removeValue(forKey: strap)?.attempts.finish()
    }
}
