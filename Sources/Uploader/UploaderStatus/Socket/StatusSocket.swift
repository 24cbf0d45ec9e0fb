import Files
import Glibc

/// A Unix socket of `strapline status`: the end that listens, that asks, or that answers.
struct StatusSocket: ~Copyable {
    /// Asks that wait until they are answered; more are refused by the kernel.
    private static let backlog: Int32 = 16
    /// Enough for the answer of some hundred straps at once, so that no write waits for the reader.
    private static let sendBufferBytes: Int32 = 1 << 20

    let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Listens at `path`, for the user and the group. What a crash has left there is replaced.
    static func listening(at path: String) throws(StatusSocketError) -> StatusSocket {
        let socket = try make(path)
        if try !socket.bind(to: path) {
            try removeStale(path)
            guard try socket.bind(to: path) else { throw .inUse(path) }
        }
        guard chmod(path, 0o660) == 0, listen(socket.descriptor, backlog) == 0 else {
            let code = errno
            unlink(path)
            throw StatusSocketError(errno: code, path: path)
        }
        return socket
    }

    static func connected(to path: String) throws(StatusSocketError) -> StatusSocket {
        let socket = try make(path)
        let result = try withAddress(path) { connect(socket.descriptor, $0, $1) }
        guard result == 0 else { throw StatusSocketError(errno: errno, path: path) }
        return socket
    }

    /// The next connection; nil if there is none.
    func accept() -> StatusSocket? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        var size = Self.sendBufferBytes
        setsockopt(accepted, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        return StatusSocket(accepted)
    }

    /// Sends what the socket takes at once.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// The received bytes; empty at the end, nil if none are there yet.
    func receive(from path: String) throws(StatusSocketError) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return nil }
        guard count >= 0 else { throw StatusSocketError(errno: errno, path: path) }
        return Array(buffer.prefix(count))
    }

    private static func make(_ path: String) throws(StatusSocketError) -> StatusSocket {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw StatusSocketError(errno: errno, path: path) }
        return StatusSocket(descriptor)
    }

    /// Whether the place was free.
    private borrowing func bind(to path: String) throws(StatusSocketError) -> Bool {
        // The file takes its mode from the socket, so that it is never open to more than it is to be.
        fchmod(descriptor, 0o660)
        let result = try Self.withAddress(path) { Glibc.bind(descriptor, $0, $1) }
        if result == 0 { return true }
        if errno == EADDRINUSE { return false }
        throw StatusSocketError(errno: errno, path: path)
    }

    private static func removeStale(_ path: String) throws(StatusSocketError) {
        var file = stat()
        guard lstat(path, &file) == 0 else { return }
        guard file.st_mode & S_IFMT == S_IFSOCK else { throw .occupied(path) }
        do throws(StatusSocketError) {
            _ = try connected(to: path)
        } catch .nobody {
            unlink(path)
            return
        } catch {
            throw .inUse(path)
        }
        throw .inUse(path)
    }

    private static func withAddress<Result>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) throws(StatusSocketError) -> Result {
        guard let address = UnixSocketAddress(path) else { throw .pathTooLong(path) }
        return address.withAddress(body)
    }
}
