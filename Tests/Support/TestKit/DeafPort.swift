import Glibc
import Synchronization

/// A port on loopback that does not listen, and that no other socket can take while this value lives. Or one that
/// listens and never answers.
package final class DeafPort: Sendable {
    package let port: Int
    private let descriptor: Int32

    package init(isListening: Bool = false) {
        guard let (descriptor, port) = Self.bound(to: 0) else {
            preconditionFailure("no port: \(String(cString: strerror(errno)))")
        }
        self.descriptor = descriptor
        self.port = port
        if isListening { listen(descriptor, 16) }
    }

    private init?(port: Int) {
        guard let (descriptor, port) = Self.bound(to: port) else { return nil }
        self.descriptor = descriptor
        self.port = port
    }

    /// A free port for a program that is started later. The kernel gives other sockets ports above 32767 by default,
    /// so that no other socket gets this one by chance, and no port is given twice.
    package static func portForAnotherProgram() -> Int {
        while true {
            if let free = DeafPort(port: .random(in: 20_000..<32_768)),
                givenPorts.withLock({ $0.insert(free.port).inserted })
            {
                return free.port
            }
        }
    }

    private static let givenPorts = Mutex<Set<Int>>([])

    private static func bound(to port: Int) -> (descriptor: Int32, port: Int)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = LoopbackSocketAddress(port: port)
        let isBound = address.withPointer {
            bind(descriptor, $0, $1) == 0 && getsockname(descriptor, $0, &$1) == 0
        }
        guard isBound == true else {
            close(descriptor)
            return nil
        }
        return (descriptor, address.port)
    }

    deinit {
        close(descriptor)
    }
}
