import TextFormats

/// A message from a service to its manager: one assignment of the protocol in sd_notify(3).
package enum ServiceNotification: Sendable, Equatable {
    /// The start or the reload has succeeded.
    case ready
    /// A reload begins, at this time of `CLOCK_MONOTONIC`. ``ready`` ends it.
    case reloading(monotonicMicroseconds: UInt64)
    /// The service is stopping.
    case stopping
    /// One line for `systemctl status`.
    case status(String)
    /// The service makes progress: resets the watchdog.
    case alive

    /// The assignments, one per line.
    var lines: String {
        switch self {
        case .ready: "READY=1"
        case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
        case .stopping: "STOPPING=1"
        case .status(let text): "STATUS=\(text.printable(scalars: 1000))"
        case .alive: "WATCHDOG=1"
        }
    }
}
