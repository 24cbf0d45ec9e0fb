package import Logging
import NIOCore
import NIOHTTP1
package import NIOPosix
import ServiceLifecycle
import Timing

/// Answers `GET` over HTTP/1.1 to programs on this machine (``LocalRequestRule``), or to clients with a token. A
/// connection has one request.
///
/// If it cannot listen, it logs the reason, and the program goes on.
package struct MetricsServer: Service {
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// An accepted connection.
    private struct Accepted: Sendable {
        let channel: any Channel
        let hasPlace: Bool
    }

    /// A connection must send its request head within this time; then it is closed.
    package static let headTime: Duration = .seconds(2)
    /// The limit for a connection as a whole, its answer included.
    package static let connectionTime: Duration = .seconds(10)
    /// Connections that are served at once; see ``ConnectionSlots``.
    package static let connectionLimit = 8
    /// Connections that wait to be accepted; the kernel refuses more.
    private static let backlog: Int32 = 16

    private let address: LoopbackAddress
    private let authorization: (@Sendable () -> String?)?
    private let sharedGroup: MultiThreadedEventLoopGroup?
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let whenListening: @Sendable (Int) async -> Void
    private let answer: @Sendable (LocalRequest) async -> MetricsAnswer
    private let table = ConnectionTable(limit: MetricsServer.connectionLimit)

    /// A server at `address`. It calls `authorization` for each request, which must send this value in the header; a
    /// nil rejects all requests. Without `authorization`, only programs on this machine are answered. Without a
    /// `sharedGroup` it makes its own event loop. It calls `whenListening` with the port.
    package init(
        address: LoopbackAddress, authorization: (@Sendable () -> String?)? = nil,
        sharedGroup: MultiThreadedEventLoopGroup? = nil,
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        whenListening: @escaping @Sendable (Int) async -> Void = { _ in },
        answer: @escaping @Sendable (LocalRequest) async -> MetricsAnswer
    ) {
        self.address = address
        self.authorization = authorization
        self.sharedGroup = sharedGroup
        self.clock = clock
        self.logger = logger
        self.whenListening = whenListening
        self.answer = answer
    }

    package func run() async {
        let group = sharedGroup ?? MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(on: group)
        } catch is CancellationError {
        } catch {
            logger.warning(
                "metrics cannot be read", metadata: ["address": "\(address)", "error": "\(error)"])
            // A service that returns would end the others.
            try? await gracefulShutdown()
        }
        if sharedGroup == nil { try? await group.shutdownGracefully() }
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // It is read when it is served.
            .childChannelOption(.autoRead, value: false)
            .bind(host: address.host, port: address.port) { [table] channel in
                channel.eventLoop.makeCompletedFuture {
                    // A rejected connection gets an answer before its request, which NIO's pipelining help forbids.
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false, withErrorHandling: true)
                    return Accepted(channel: channel, hasPlace: table.admit(channel))
                }
            }
        let listening = address.with(port: server.channel.localAddress?.port ?? address.port)
        logger.info("metrics can be read", metadata: ["address": "\(listening)"])
        await whenListening(listening.port)
        // Those that were accepted and not served yet, too.
        defer { table.closeAll() }
        try await server.executeThenClose { connections in
            // Not `cancelOnGracefulShutdown`, which merges sequences in a task of the runtime's own threads.
            try await cancelWhenGracefulShutdown {
                try await withThrowingDiscardingTaskGroup { group in
                    for try await accepted in connections {
                        group.addTask { await serve(accepted, LocalRequestRule(address: listening)) }
                    }
                }
            }
        }
    }

    /// A wrong or slow client harms only its own connection.
    private func serve(_ accepted: Accepted, _ rule: LocalRequestRule) async {
        try? await withTimeout(Self.connectionTime, clock: clock) {
            try await Self.connection(accepted.channel).executeThenClose { requests, answers in
                try await accepted.channel.setOption(.autoRead, value: true).get()
                guard accepted.hasPlace else { return try await Self.send(.busy, answers) }
                let head = try await withTimeout(Self.headTime, clock: clock) { try await Self.head(requests) }
                guard let head, table.beginAnswer(accepted.channel) else { return }
                try await Self.send(await answer(to: head, rule), answers)
                // Before the connection closes: a client that has read its answer to the end finds a free slot.
                table.release(accepted.channel)
            }
        }
        table.release(accepted.channel)
    }

    /// Only when it is served: the process ends if a `NIOAsyncChannel` is never used.
    private static func connection(_ channel: any Channel) async throws -> Connection {
        try await channel.eventLoop.submit {
            // The pipeline of a closed channel takes no handler, and NIO would keep the one that it made.
            guard channel.isActive else { throw ChannelError.alreadyClosed }
            return try Connection(wrappingChannelSynchronously: channel)
        }.get()
    }

    /// nil when the client has closed the connection before.
    private static func head(
        _ requests: NIOAsyncChannelInboundStream<HTTPServerRequestPart>
    ) async throws -> HTTPRequestHead? {
        for try await part in requests {
            if case .head(let head) = part { return head }
        }
        return nil
    }

    private func answer(to head: HTTPRequestHead, _ rule: LocalRequestRule) async -> MetricsAnswer {
        if let authorization {
            let values = head.headers["authorization"]
            guard let right = authorization(), values.count == 1, Self.areEqual(values[0], right) else {
                return .unauthorized
            }
        } else if let refusal = rule.refusal(of: head) {
            return refusal
        }
        guard head.method == .GET else { return .wrongMethod }
        return await answer(LocalRequest(target: head.uri))
    }

    /// Compares in constant time, so that the time reveals nothing about a secret.
    private static func areEqual(_ given: String, _ right: String) -> Bool {
        let (given, right) = (Array(given.utf8), Array(right.utf8))
        return given.count == right.count && zip(given, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func send(
        _ answer: MetricsAnswer, _ answers: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        var headers: HTTPHeaders = [
            "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Connection": "close",
        ]
        if answer.status.mayHaveResponseBody {
            headers.add(name: "Content-Type", value: answer.contentType)
            headers.add(name: "Content-Length", value: "\(answer.text.utf8.count)")
        }
        try await answers.write(
            .head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)))
        if answer.status.mayHaveResponseBody {
            try await answers.write(.body(.byteBuffer(ByteBuffer(string: answer.text))))
        }
        try await answers.write(.end(nil))
    }
}
