import EventThread
import Glibc

/// A client that sends exactly the given bytes over one connection, right or wrong.
package final class StubbornClient: Sendable {
    private let descriptor: Int32

    /// nil when the port does not listen.
    package init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = LoopbackSocketAddress(port: port)
        let result = address.withPointer { [descriptor] in connect(descriptor, $0, $1) }
        if result != 0 { return nil }
    }

    deinit { close(descriptor) }

    package func send(_ text: String) {
        let bytes = Array(text.utf8)
        Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// All bytes until the other end closes the connection, or the task is cancelled.
    package func receiveToTheEnd() async -> String {
        var bytes: [UInt8] = []
        while !Task.isCancelled {
            await EventThread.shared.untilReadable(descriptor)
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN { continue }
            if count <= 0 { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
