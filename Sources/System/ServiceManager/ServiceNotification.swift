import TextFormats

/// Something that a service tells its manager: one assignment of the protocol in sd_notify(3).
public enum ServiceNotification: Sendable, Equatable {
    /// The start, or a reload, is over and has worked.
    case ready
    /// A reload begins, at this time of `CLOCK_MONOTONIC`. ``ready`` ends it.
    case reloading(monotonicMicroseconds: UInt64)
    /// The end has begun.
    case stopping
    /// How it stands, for `systemctl status`: one line.
    case status(String)
    /// It still makes progress: feeds the watchdog.
    case alive

    /// The assignments, each a line.
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
