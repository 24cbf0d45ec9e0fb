import EventThread
import Glibc

/// The service manager's end of the notification protocol: a datagram socket, as systemd has one.
package final class NotifySocket: Sendable {
    /// What `$NOTIFY_SOCKET` says: a path, or `@` and a name in the abstract namespace.
    package let name: String
    private let descriptor: Int32

    /// nil where nothing can be bound to the name.
    package init?(name: String) {
        self.name = name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let place = name.hasPrefix("@") ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: place) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + place.count)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        if result != 0 { return nil }
    }

    deinit { close(descriptor) }

    /// A message that is there: a datagram is as soon as it is sent.
    package func received() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// The first message that satisfies the condition; those before it are dropped. Nil when the task is cancelled.
    package func first(where condition: (String) -> Bool) async -> String? {
        while !Task.isCancelled {
            while let message = received() {
                if condition(message) { return message }
            }
            await EventThread.shared.untilReadable(descriptor)
        }
        return nil
    }
}
