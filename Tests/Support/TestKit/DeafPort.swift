import Glibc

/// A port on loopback that does not listen, and that no other socket can take while this value lives.
package final class DeafPort: Sendable {
    package let port: Int
    private let descriptor: Int32

    package init() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = LoopbackSocketAddress()
        let bound = address.withPointer { [descriptor] in
            bind(descriptor, $0, $1) == 0 && getsockname(descriptor, $0, &$1) == 0
        }
        precondition(bound == true, "no port: \(String(cString: strerror(errno)))")
        port = address.port
    }

    deinit {
        close(descriptor)
    }
}
