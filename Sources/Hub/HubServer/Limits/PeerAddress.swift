import Glibc
import NIOCore

/// The address of a client: in full for the log, and as the ``Network`` for limits.
///
/// ```swift
/// buckets[context.client.network, default: …].take(now: now)
/// ```
struct PeerAddress: Sendable, Hashable, CustomStringConvertible {
    /// The unit of a limit: an IPv4 address, or the /64 of an IPv6 address, the smallest range of one customer.
    /// Clients without a known address are one network.
    struct Network: Sendable, Hashable, Codable {
        fileprivate let high: UInt64
        fileprivate let low: UInt64
    }

    /// `::ffff:0:0/96`: IPv4 as IPv6 writes it.
    private static let mapped: UInt128 = 0xffff << 32
    private static let mappedBits = 96

    // Two words in place of one UInt128. Swift 6.3 for x86-64 loses the stack of an async function that takes a
    // UInt128 as an argument after the sixth: it returns to a wrong address, and the process crashes.
    private let high: UInt64
    private let low: UInt64

    /// IPv6, with IPv4 mapped into it; 0 if unknown.
    var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// An unknown address.
    static let unknown = PeerAddress(bits: 0)

    init(bits: UInt128) {
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
    }

    init(_ address: SocketAddress?) {
        self = address?.ipAddress.flatMap { PeerAddress($0) } ?? .unknown
    }

    /// An address as in headers and options: `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`, each with a port or
    /// without. Nil for anything else, such as `unknown` of `Forwarded`.
    init?(_ text: some StringProtocol) {
        var host = Substring(text)
        if host.first == "[" {
            guard let end = host.firstIndex(of: "]") else { return nil }
            guard Self.isPort(host[host.index(after: end)...]) else { return nil }
            host = host[host.index(after: host.startIndex)..<end]
        } else if host.count(where: { $0 == ":" }) == 1, let colon = host.firstIndex(of: ":") {
            guard Self.isPort(host[colon...]) else { return nil }
            host = host[..<colon]
        }
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, String(host), &v4) == 1 {
            self.init(v4: v4)
        } else if inet_pton(AF_INET6, String(host), &v6) == 1 {
            self.init(v6: v6)
        } else {
            return nil
        }
    }

    private init(v4: in_addr) {
        self.init(bits: Self.mapped | UInt128(UInt32(bigEndian: v4.s_addr)))
    }

    private init(v6: in6_addr) {
        self.init(bits: withUnsafeBytes(of: v6) { $0.reduce(0) { ($0 << 8) | UInt128($1) } })
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && UInt16(text.dropFirst()) != nil
    }

    var isIPv4: Bool { bits >> 32 == Self.mapped >> 32 }

    /// The unit of limits.
    var network: Network {
        Network(high: high, low: isIPv4 ? low : 0)
    }

    /// Whether the first bits are equal; for IPv4 as for IPv6.
    func shares(prefix: Int, with other: PeerAddress) -> Bool {
        guard isIPv4 == other.isIPv4 else { return false }
        let bits = isIPv4 ? Self.mappedBits + prefix : prefix
        return (self.bits ^ other.bits) >> (UInt128.bitWidth - bits) == 0
    }

    /// The address alone, without port: `192.0.2.1`, `2001:db8::1`, or `unknown`.
    var description: String {
        if bits == 0 { return "unknown" }
        var bytes = isIPv4 ? UInt128(UInt32(truncatingIfNeeded: bits).bigEndian) : bits.bigEndian
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(isIPv4 ? AF_INET : AF_INET6, &bytes, &text, socklen_t(text.count)) != nil else {
            return "unknown"
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
