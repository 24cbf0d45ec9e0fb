import NIOCore
import NIOHTTP1
import NIOPosix

/// The service that readings are sent to: notes when each request is complete, and answers 200 as Pulsoid does.
struct Sink {
    /// Requests in the order in which they arrived.
    let arrivals: AsyncStream<Arrival>
    let port: Int

    /// Runs `body` with a sink on a free port of the loopback address.
    static func running<Result: Sendable>(_ body: (Sink) async throws -> Result) async throws -> Result {
        // Bounded by what the bench sends: it never has more than one phase of readings under way.
        let (arrivals, arrived) = AsyncStream.makeStream(of: Arrival.self)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let server = try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(SinkHandler(arrived: arrived))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        defer {
            arrived.finish()
            server.close(promise: nil)
        }
        guard let port = server.localAddress?.port else { throw BenchError("the sink has no port") }
        return try await body(Sink(arrivals: arrivals, port: port))
    }
}
