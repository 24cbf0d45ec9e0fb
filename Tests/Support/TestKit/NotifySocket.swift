import EventThread
import Files
import Glibc

/// The service manager's end of the notification protocol: a datagram socket like systemd's.
package final class NotifySocket: Sendable {
    /// The value of `$NOTIFY_SOCKET`: a path, or `@` and a name in the abstract namespace.
    package let name: String
    private let descriptor: Int32

    /// nil when the name cannot be bound.
    package init?(name: String) {
        self.name = name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let result = UnixSocketAddress(name)?.withAddress { bind(descriptor, $0, $1) }
        if result != 0 { return nil }
    }

    deinit { close(descriptor) }

    /// A message that has arrived. A datagram arrives when it is sent.
    package func received() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// The first message that satisfies the condition; earlier ones are dropped. nil when the task is cancelled.
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
