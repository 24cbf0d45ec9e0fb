import Glibc

/// A socket that sends datagrams to one address, and never waits.
///
/// It is connected, so that the system reports the answers of routers and of the receiver's machine (ICMP). Nothing
/// confirms that a datagram has arrived.
package final class DatagramSocket: Sendable {
    private let descriptor: Int32

    /// Opens a socket to the first address that this machine has a route to.
    package init(to addresses: [SocketAddress]) throws(DatagramError) {
        descriptor = try Self.openFirst(of: addresses)
    }

    deinit {
        close(descriptor)
    }

    /// Sends one datagram.
    ///
    /// A port without a listener is reported after the datagram that has found it closed, by the next call, which has
    /// then sent nothing itself: it sends once more, and throws all the same.
    package func send(_ bytes: [UInt8]) throws(DatagramError) {
        guard let code = attempt(bytes) else { return }
        if code == ECONNREFUSED || code == EHOSTUNREACH || code == ENETUNREACH { _ = attempt(bytes) }
        throw DatagramError(code: code)
    }

    /// The error number; nil if the datagram is on its way.
    private func attempt(_ bytes: [UInt8]) -> Int32? {
        while Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) < 0 {
            if errno != EINTR { return errno }
        }
        return nil
    }

    private static func openFirst(of addresses: [SocketAddress]) throws(DatagramError) -> Int32 {
        var failure = DatagramError(code: EADDRNOTAVAIL)
        for address in addresses {
            do throws(DatagramError) {
                return try open(address)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func open(_ address: SocketAddress) throws(DatagramError) -> Int32 {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw DatagramError(code: errno) }
        // A broadcast address, such as 192.168.1.255, reaches every machine of the network.
        var isOn: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_BROADCAST, &isOn, socklen_t(MemoryLayout<Int32>.size))
        guard address.withPointer({ connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(descriptor)
            throw DatagramError(code: code)
        }
        return descriptor
    }
}

/// Why a datagram was not sent, or did not find its receiver.
package struct DatagramError: Error, Hashable, CustomStringConvertible {
    /// The system's number (errno(3)).
    package let code: Int32

    package init(code: Int32) {
        self.code = code
    }

    /// Whether the way is there, and the receiver is not; or the way is only full.
    var isOfReceiver: Bool { [ECONNREFUSED, EAGAIN, ENOBUFS].contains(code) }

    package var description: String {
        let system = String(cString: strerror(code))
        return switch code {
        case ECONNREFUSED: "no program listens there (\(system))"
        case ENETUNREACH, EHOSTUNREACH, EHOSTDOWN, ENETDOWN, EADDRNOTAVAIL:
            "this machine has no route there (\(system))"
        case EPERM, EACCES: "this machine's firewall blocks it (\(system))"
        case EAGAIN, ENOBUFS: "this machine's network is too slow (\(system))"
        default: system
        }
    }
}
