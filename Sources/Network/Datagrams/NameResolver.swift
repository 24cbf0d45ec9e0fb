import EventThread
import Glibc

/// Looks up names without blocking the caller's thread.
package enum NameResolver {
    /// Why a name has no address.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// The addresses of a host and port, in the order to try them. Numeric addresses come at once. A name is looked up
    /// on a thread of its own, because `getaddrinfo(3)` waits for the network. A cancelled task does not wait for it.
    package static func addresses(of target: DatagramAddress) async throws(Failure) -> [SocketAddress] {
        let numeric = numericAddresses(of: target)
        guard numeric.isEmpty else { return numeric }
        let thread = EventThread(name: "name-lookup")
        let (results, continuation) = AsyncStream.makeStream(of: Result<[SocketAddress], Failure>.self)
        thread.perform {
            continuation.yield(lookUp(target, flags: AI_NUMERICSERV))
            continuation.finish()
        }
        thread.stop()
        for await result in results { return ordered(try result.get()) }
        throw Failure(description: "the lookup of \(target.host) was cancelled")
    }

    /// Of a host that is an address itself; empty for a name.
    static func numericAddresses(of target: DatagramAddress) -> [SocketAddress] {
        (try? lookUp(target, flags: AI_NUMERICHOST | AI_NUMERICSERV).get()) ?? []
    }

    /// IPv4 first: most programs listen there alone, VRChat among them, and a datagram to the other address is lost.
    static func ordered(_ addresses: [SocketAddress]) -> [SocketAddress] {
        addresses.filter { $0.family == AF_INET } + addresses.filter { $0.family != AF_INET }
    }

    private static func lookUp(_ target: DatagramAddress, flags: Int32) -> Result<[SocketAddress], Failure> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        hints.ai_flags = flags
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(target.host, "\(target.port)", &hints, &first)
        guard code == 0, let first else {
            let words = code == EAI_SYSTEM ? String(cString: strerror(errno)) : String(cString: gai_strerror(code))
            return .failure(Failure(description: "the name \(target.host) leads to no address (\(words))"))
        }
        defer { freeaddrinfo(first) }
        return .success(
            sequence(first: first, next: { $0.pointee.ai_next }).compactMap { entry in
                entry.pointee.ai_addr.map { SocketAddress($0, length: entry.pointee.ai_addrlen) }
            })
    }
}

/// A socket's address as the system has it (`sockaddr`).
package struct SocketAddress: Sendable, Hashable {
    private let bytes: [UInt8]

    init(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
        bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
    }

    /// `AF_INET` or `AF_INET6`.
    var family: Int32 { bytes.withUnsafeBytes { Int32($0.loadUnaligned(as: sa_family_t.self)) } }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
        bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { body($0.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count)) }
        }
    }
}
