import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Timing

/// Answers `GET` over HTTP/1.1 on this machine, one request a connection and one after the other: who looks at metrics does so
/// every few seconds.
///
/// It is never in the uploader's way: where it cannot listen, everything else goes on.
struct MetricsServer: Service {
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// For one request, answer included; who is slower is let go.
    static let patience: Duration = .seconds(10)
    /// Connections that wait; more are refused by the kernel.
    private static let backlog: Int32 = 16

    let address: LoopbackAddress
    var clock: any Clock<Duration> = ContinuousClock()
    let logger: Logger
    /// Called with the port when it listens.
    var whenListening: @Sendable (Int) -> Void = { _ in }
    let answer: @Sendable (_ path: String) async -> MetricsAnswer

    func run() async {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(on: group)
        } catch is CancellationError {
        } catch {
            logger.warning(
                "metrics cannot be read", metadata: ["address": "\(address)", "error": "\(error)"])
            // A service that ends would end the others.
            try? await gracefulShutdown()
        }
        try? await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        let port = server.channel.localAddress?.port ?? address.port
        logger.info("metrics can be read", metadata: ["address": "\(address.with(port: port))"])
        whenListening(port)
        try await server.executeThenClose { connections in
            // Not `cancelOnGracefulShutdown`, which merges sequences in a task of the runtime's own threads.
            try await cancelWhenGracefulShutdown {
                for try await connection in connections {
                    // Who asks wrongly, too slowly or no longer spoils it for nobody else.
                    try? await withTimeout(Self.patience, clock: clock) { try await serve(connection) }
                }
            }
        }
    }

    private func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { requests, answers in
            for try await part in requests {
                guard case .head(let head) = part else { continue }
                let path = head.uri.prefix { $0 != "?" }
                let answer = head.method == .GET ? await answer(String(path)) : .wrongMethod
                try await answers.write(.head(Self.head(of: answer)))
                try await answers.write(.body(.byteBuffer(ByteBuffer(string: answer.text))))
                try await answers.write(.end(nil))
                return
            }
        }
    }

    private static func head(of answer: MetricsAnswer) -> HTTPResponseHead {
        HTTPResponseHead(
            version: .http1_1, status: answer.status,
            headers: [
                "Content-Type": answer.contentType, "Content-Length": "\(answer.text.utf8.count)",
                "Connection": "close",
            ])
    }
}
