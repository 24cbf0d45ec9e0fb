import DBus

/// Who hears which strap's packets, seen by the loop. A listener is a task that runs until its attempts end.
///
/// The one of a strap that is connected to outlives the link: bluetoothd takes up a subscription again by itself when
/// the strap is back, before it says that the services are there, and what comes in between is to be heard.
struct NotificationListeners {
    private struct Listener {
        /// The characteristic, or the device that broadcasts.
        var path: ObjectPath
        /// The latest one; what is heard belongs to it.
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

    /// Returns what ends when nobody wants to hear the device's broadcasts any more.
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
