import NIOCore
import NIOPosix
import TestKit

/// A proxy that opens tunnels (RFC 9110, section 9.3.6) for clients with the right login.
enum ConnectProxy {
    /// Serves while `body` runs; the record holds the requests for tunnels.
    static func run<Result: Sendable>(
        login: String? = nil,
        during body: @Sendable (StubServer, Recorder<StubRequest>) async throws -> Result
    ) async throws -> Result {
        let record = Recorder<StubRequest>()
        return try await StubServer.run { connection in
            guard let request = try await connection.request() else { return }
            record.append(request)
            guard request.header("Proxy-Authorization") == login else {
                return try await connection.answer(
                    StubAnswer(407, headers: [("Proxy-Authenticate", "Basic realm=\"proxy\"")]))
            }
            guard let port = request.target.split(separator: ":").last.flatMap({ Int($0) }) else { return }
            try await tunnel(connection, toPort: port)
        } during: { proxy in
            try await body(proxy, record)
        }
    }

    /// Whatever the name: in a test all is on this machine.
    private static func tunnel(_ connection: StubConnection, toPort port: Int) async throws {
        let far = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await far.executeThenClose { inbound, outbound in
            try await connection.send("HTTP/1.1 200 Connection established\r\n\r\n")
            try await connection.pass(to: outbound, from: inbound)
        }
    }
}
