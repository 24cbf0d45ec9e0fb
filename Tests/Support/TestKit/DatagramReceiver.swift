import EventThread
import Glibc
import Synchronization

/// A UDP port of this machine that records the datagrams it gets.
package final class DatagramReceiver: Sendable {
    package let port: Int
    private let descriptor: Int32
    private let thread = EventThread(name: "datagrams")
    private let source = EventThread.SourceID()
    private let isOpen = Atomic(true)
    private let received = Recorder<[UInt8]>()
    private let taken = Atomic(0)

    /// Listens at the port, or at a free one. Nil if it is taken.
    package init?(port: Int = 0, isIPv6: Bool = false) {
        let family = isIPv6 ? AF_INET6 : AF_INET
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        self.descriptor = descriptor
        // The bytes of `sockaddr_in` and `sockaddr_in6` (ip(7), ipv6(7)); loopback in both.
        var address = withUnsafeBytes(of: sa_family_t(family)) { Array($0) } + [UInt8(port >> 8), UInt8(port & 0xff)]
        let zeros = [UInt8](repeating: 0, count: 8)
        address += isIPv6 ? zeros + zeros + [0, 0, 0, 1] + [0, 0, 0, 0] : [127, 0, 0, 1] + zeros
        var length = socklen_t(address.count)
        let isBound = address.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { start in
                let name = start.assumingMemoryBound(to: sockaddr.self)
                return bind(descriptor, name, length) == 0 && getsockname(descriptor, name, &length) == 0
            } ?? false
        }
        self.port = Int(address[2]) << 8 | Int(address[3])
        guard isBound else {
            isOpen.store(false, ordering: .relaxed)
            close(descriptor)
            thread.stop()
            return nil
        }
        let received = received
        thread.add(source, interest: { $0.add(descriptor, events: POLLIN) }) { _ in
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count >= 0 else { return }
                received.append(Array(buffer.prefix(count)))
            }
        }
    }

    deinit {
        guard isOpen.load(ordering: .relaxed) else { return }
        thread.remove(source)
        let descriptor = descriptor
        thread.perform { close(descriptor) }
        thread.stop()
    }

    /// Closes the port.
    package func stop() async {
        guard isOpen.exchange(false, ordering: .relaxed) else { return }
        thread.remove(source)
        let descriptor = descriptor
        thread.perform { close(descriptor) }
        await thread.ping()
        thread.stop()
    }

    /// All datagrams so far.
    package var all: [[UInt8]] { received.all }

    /// The next datagram that no call before has returned; empty if the task is cancelled.
    package func next() async -> [UInt8] {
        let index = taken.add(1, ordering: .relaxed).oldValue
        await received.until { $0.count > index }
        let all = received.all
        return all.indices.contains(index) ? all[index] : []
    }

    /// Returns when the datagrams so far fulfil the condition, or the task is cancelled.
    package func until(_ condition: @escaping @Sendable ([[UInt8]]) -> Bool) async {
        await received.until(condition)
    }
}
