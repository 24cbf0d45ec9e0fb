import Files
import Glibc

/// The service's end of the notification protocol of systemd: datagrams to the socket that `$NOTIFY_SOCKET` names.
///
/// ```swift
/// let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
/// try notifier?.tell(.ready, .status("listens"))
/// ```
///
/// The protocol is stable and made to be spoken without libsystemd
/// ([sd_notify(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html)).
public struct ServiceNotifier: Sendable {
    private let address: UnixSocketAddress

    /// nil when no service manager listens, or when its socket is of another kind (vsock).
    public init?(environment: [String: String]) {
        guard let name = environment["NOTIFY_SOCKET"], name.hasPrefix("/") || name.hasPrefix("@"), name.utf8.count > 1,
            let address = UnixSocketAddress(name)
        else { return nil }
        self.address = address
    }

    /// Tells all of it in one message. Never waits: where the manager does not take it, that is an error.
    public func tell(_ notifications: ServiceNotification...) throws(ServiceNotifierError) {
        try tell(notifications)
    }

    /// Tells all of it in one message. Never waits: where the manager does not take it, that is an error.
    public func tell(_ notifications: [ServiceNotification]) throws(ServiceNotifierError) {
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

    /// This moment as ``ServiceNotification/reloading(monotonicMicroseconds:)`` counts it.
    public static func monotonicMicroseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }

    private static func error(_ code: Int32) -> ServiceNotifierError {
        ServiceNotifierError(reason: String(cString: strerror(code)))
    }
}
