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
    /// `sun_path`: a path, or a name in the abstract namespace, which begins with a zero.
    private let place: [UInt8]

    /// nil where no manager wants to be told, or where its socket is of a kind that this does not speak to (vsock).
    public init?(environment: [String: String]) {
        guard let name = environment["NOTIFY_SOCKET"], let first = name.utf8.first, name.utf8.count > 1,
            name.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        switch first {
        case UInt8(ascii: "/"): place = Array(name.utf8)
        case UInt8(ascii: "@"): place = [0] + name.utf8.dropFirst()
        default: return nil
        }
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
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: place) }
        // Not the whole of sun_path: in the abstract namespace zeros are part of the name.
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + place.count } ?? 0)
        let message = Array(notifications.map(\.lines).joined(separator: "\n").utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), $0, length)
            }
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
