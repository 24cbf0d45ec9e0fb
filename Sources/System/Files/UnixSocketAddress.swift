package import Glibc

/// The address of a Unix socket: a path, or `@` and a name in the abstract namespace.
package struct UnixSocketAddress: Sendable {
    /// `sun_path`. A name in the abstract namespace begins with a zero.
    private let name: [UInt8]

    /// nil for a name that is empty or too long.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        name = bytes[0] == UInt8(ascii: "@") ? [0] + bytes.dropFirst() : bytes
    }

    package func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        // In the abstract namespace, zeros after the name are part of it.
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + name.count } ?? 0
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
