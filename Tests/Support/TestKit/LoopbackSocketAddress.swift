import Glibc

/// 127.0.0.1 with a port, as the bytes of `sockaddr_in` (ip(7)).
///
/// Use of the members of `sockaddr_in` needs an import of a module within SwiftNIO, in some files and not in others. So
/// the bytes are written and read here.
struct LoopbackSocketAddress {
    private static let length = 16
    private static let portOffset = 2
    private var bytes: [UInt8]

    /// The port 0 lets the system choose.
    init(port: Int = 0) {
        let family = withUnsafeBytes(of: sa_family_t(AF_INET)) { Array($0) }
        let place: [UInt8] = [UInt8(port >> 8), UInt8(port & 0xff), 127, 0, 0, 1]
        bytes = family + place
        bytes += Array(repeating: 0, count: Self.length - bytes.count)
    }

    var port: Int { Int(bytes[Self.portOffset]) << 8 | Int(bytes[Self.portOffset + 1]) }

    /// Calls `body` with the address and its length, which it may change.
    mutating func withPointer<Result>(_ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Result) -> Result? {
        var length = socklen_t(Self.length)
        return bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { body($0.assumingMemoryBound(to: sockaddr.self), &length) }
        }
    }
}
