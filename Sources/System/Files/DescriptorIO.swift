import Glibc

/// Reads and writes of whole texts, which signals do not interrupt.
package enum DescriptorIO {
    /// Why a read or a write failed.
    package struct Failure: Error, Sendable, Equatable {
        /// `errno` of the call.
        package let code: Int32
    }

    /// Writes all bytes. A non-blocking descriptor that takes no more is waited for if `waits`, else it is a failure.
    package static func write(_ bytes: [UInt8], to descriptor: Int32, waits: Bool = false) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if waits && errno == EAGAIN {
                waitUntilWritable(descriptor)
            } else if errno != EINTR {
                throw Failure(code: errno)
            }
        }
    }

    /// Reads until the end, or until there are `limit` bytes.
    package static func read(from descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let more = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count)
            }
            if more == 0 { break }
            if more > 0 {
                count += more
            } else if errno != EINTR {
                throw Failure(code: errno)
            }
        }
        return Array(bytes.prefix(count))
    }

    private static func waitUntilWritable(_ descriptor: Int32) {
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&polled, 1, -1)
    }
}
