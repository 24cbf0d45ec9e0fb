import Files
import Glibc

/// The service's end of systemd's notification protocol: datagrams to the socket in `$NOTIFY_SOCKET`.
///
/// ```swift
/// let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
/// try notifier?.tell(.ready, .status("listens"))
/// ```
///
/// The protocol is stable, and programs may implement it without libsystemd
/// ([sd_notify(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html)).
package struct ServiceNotifier: Sendable {
    private let address: UnixSocketAddress

    /// nil when no service manager listens, or when its socket is of another kind (vsock).
    package init?(environment: [String: String]) {
        guard let name = environment["NOTIFY_SOCKET"], name.hasPrefix("/") || name.hasPrefix("@"), name.utf8.count > 1,
            let address = UnixSocketAddress(name)
        else { return nil }
        self.address = address
    }

    /// Sends the notifications in one message. Never waits: throws when the manager's socket is full.
    package func tell(_ notifications: ServiceNotification...) throws(ServiceNotifierError) {
        try tell(notifications)
    }

    /// Sends the notifications in one message. Never waits: throws when the manager's socket is full.
    package func tell(_ notifications: [ServiceNotification]) throws(ServiceNotifierError) {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw Self.error(errno) }
        defer { close(descriptor) }
        let message = Array(notifications.map(\.lines).joined(separator: "\n").utf8)
        let sent = address.withAddress {
            sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), $0, $1)
        }
        guard sent == message.count else { throw Self.error(errno) }
    }

    /// The current time for ``ServiceNotification/reloading(monotonicMicroseconds:)``.
    package static func monotonicMicroseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }

    private static func error(_ code: Int32) -> ServiceNotifierError {
        ServiceNotifierError(reason: String(cString: strerror(code)))
    }
}

/// Why the service manager did not get a notification.
package struct ServiceNotifierError: Error, Equatable, CustomStringConvertible {
    /// The system's text for the error.
    package let reason: String

    package var description: String { "cannot notify the service manager: \(reason)" }
}
