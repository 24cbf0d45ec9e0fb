import NIOCore
import NIOPosix

/// A port of the loopback address for a program that cannot report its own choice.
enum FreePort {
    static func take() async throws -> Int {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port
        try await server.close()
        guard let port else { throw BenchError("there is no free port") }
        return port
    }
}
