import NIOCore
import NIOPosix

/// A server on loopback whose connections follow a script, byte by byte, for answers that no well-behaved server sends.
///
/// ```swift
/// try await StubServer.run { connection in
///     while try await connection.request() != nil { try await connection.answer(500) }
/// } during: { server in
///     let response = try await client.send(to: RequestTemplate(.get, server.address, path: "/"))
/// }
/// ```
package struct StubServer: Sendable {
    package let port: Int

    /// A server that does not exist, for clients that do not connect.
    package init(port: Int) {
        self.port = port
    }

    /// `http://127.0.0.1:port`.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// Serves while `body` runs. Then it cancels scripts that still run, and closes their connections. A script that
    /// throws closes only its own connection.
    package static func run<Result: Sendable>(
        _ script: @escaping @Sendable (StubConnection) async throws -> Void,
        during body: @Sendable (StubServer) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Reads start when the connection is wrapped, and it is wrapped late: a wrapped channel that is never used
            // traps.
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in channel.eventLoop.makeSucceededFuture(channel) }
        guard let port = listener.channel.localAddress?.port else { preconditionFailure("bound to no port") }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await serve(listener, script) }
            defer { group.cancelAll() }
            return try await body(StubServer(port: port))
        }
    }

    /// Answers one request after the other, over any number of connections: the first with the first answer and so
    /// on, all later ones with the last.
    package static func run<Result: Sendable>(
        answering answers: [StubAnswer],
        during body: @Sendable (StubServer, Recorder<StubRequest>) async throws -> Result
    ) async throws -> Result {
        let record = Recorder<StubRequest>()
        return try await run { connection in
            while let request = try await connection.request() {
                let index = record.append(request)
                try await connection.answer(answers[min(index, answers.count - 1)])
            }
        } during: { server in
            try await body(server, record)
        }
    }

    private static func serve(
        _ listener: NIOAsyncChannel<any Channel, Never>,
        _ script: @escaping @Sendable (StubConnection) async throws -> Void
    ) async {
        try? await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await channel in connections {
                    group.addTask { try? await follow(script, on: channel) }
                }
            }
        }
    }

    private static func follow(
        _ script: @Sendable (StubConnection) async throws -> Void, on channel: any Channel
    ) async throws {
        let wrapped = try await channel.eventLoop.submit {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }.get()
        try await wrapped.executeThenClose { inbound, outbound in
            try await channel.setOption(.autoRead, value: true).get()
            try await script(StubConnection(channel: channel, inbound: inbound, outbound: outbound))
        }
    }
}
