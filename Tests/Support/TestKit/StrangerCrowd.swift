import NIOCore
import NIOPosix

/// Idle connections to a server: each sends some bytes, and stays until the server closes it.
package struct StrangerCrowd: Sendable {
    private let channels: [any Channel]

    /// Opens them one after the other, from each of the loopback addresses in turn.
    package init(count: Int, port: Int, from addresses: [String] = ["127.0.0.1"], bytes: String) async throws {
        var channels: [any Channel] = []
        for number in 0..<count {
            let channel =
                try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(to: SocketAddress(ipAddress: addresses[number % addresses.count], port: 0))
                .connect(host: "127.0.0.1", port: port).get()
            // The server may have closed it already.
            try? await channel.writeAndFlush(ByteBuffer(string: bytes)).get()
            channels.append(channel)
        }
        self.channels = channels
    }

    /// Returns when the server has closed a connection.
    package func untilOneIsClosed() async {
        let (closed, isClosed) = AsyncStream.makeStream(of: Void.self)
        for channel in channels { channel.closeFuture.whenComplete { _ in isClosed.yield() } }
        for await _ in closed { return }
    }

    package func close() async {
        for channel in channels { try? await channel.close().get() }
    }
}
