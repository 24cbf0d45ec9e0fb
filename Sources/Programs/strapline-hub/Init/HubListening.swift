import Glibc
import HubStore

/// The listener at the port of a new hub's address, on this machine.
enum HubListening: Equatable {
    /// The port is free.
    case nothing
    /// The hub of the same database. `isLocalOnly` if it listens on this machine only.
    case thisHub(isLocalOnly: Bool)
    /// Another program, or the hub of another database.
    case another

    /// How long a running hub may take to notice a change: it looks each second.
    private static let patience = Duration.seconds(3)

    /// Looks at a port. It sends nothing to the listener, which may be anything: it tries whether the port is free, and
    /// waits until a hub has taken the changes from the database.
    static func at(port: UInt16, address: String?, _ store: HubStore) async throws -> HubListening {
        if isFree(port: port, address: "0.0.0.0") { return .nothing }
        let end = ContinuousClock.now + patience
        while try await store.database.hasNotedChanges() {
            if ContinuousClock.now > end { return .another }
            try await Task.sleep(for: .milliseconds(100))
        }
        return .thisHub(isLocalOnly: address.map { isFree(port: port, address: $0) } ?? false)
    }

    /// Whether a program may listen at an IPv4 address of this machine. False for an address of another machine.
    private static func isFree(port: UInt16, address: String) -> Bool {
        var socketAddress = sockaddr_in()
        socketAddress.sin_family = sa_family_t(AF_INET)
        socketAddress.sin_port = port.bigEndian
        guard inet_pton(AF_INET, address, &socketAddress.sin_addr) == 1 else { return false }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var isReused: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &socketAddress) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        // A port below 1024 needs rights, and is not in use.
        return result == 0 || errno == EACCES
    }

    /// The first free port after one that is in use; nil without one nearby.
    static func freePort(after port: UInt16) -> UInt16? {
        (1...100).lazy.compactMap { UInt16(exactly: Int(port) + $0) }.first { isFree(port: $0, address: "0.0.0.0") }
    }
}
