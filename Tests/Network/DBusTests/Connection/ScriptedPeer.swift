import Files
import Foundation
import Glibc
import TestKit

/// Speaks a bus's side of the authentication with each client, then sends bytes and hangs up.
final class ScriptedPeer: Sendable {
    private let directory = TemporaryDirectory()

    var address: String { "unix:path=" + directory.file("bus") }

    init(sending bytes: [UInt8]) {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let isBound = UnixSocketAddress(directory.file("bus"))?.withAddress { bind(listener, $0, $1) } == 0
        precondition(isBound && listen(listener, 1) == 0, "no socket to listen on")
        // Blocks, which must not happen on a thread of the cooperative pool.
        Thread.detachNewThread {
            let client = accept(listener, nil, nil)
            close(listener)
            Self.awaitHello(client)
            bytes.withUnsafeBytes { _ = send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            // Until the client has hung up, or nothing more is coming from it.
            shutdown(client, Int32(SHUT_WR))
            while !Self.read(client).isEmpty {}
            close(client)
        }
    }

    /// Returns when the call of Hello has come.
    private static func awaitHello(_ client: Int32) {
        while true {
            let command = read(client)
            if command.isEmpty || command.contains("Hello") { return }
            // BEGIN wants no answer, nor does the zero byte that comes before everything.
            if command.contains("BEGIN") || !command.utf8.contains(10) { continue }
            let answer = command.contains("AUTH EXTERNAL") ? "OK 0123456789abcdef0123456789abcdef\r\n" : "ERROR\r\n"
            _ = answer.withCString { send(client, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
        }
    }

    private static func read(_ client: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(client, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : ""
    }
}
