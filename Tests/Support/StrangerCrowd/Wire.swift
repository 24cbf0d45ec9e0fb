import NIOCore
import NIOPosix
import NIOSSL

/// A plain TCP or TLS connection from any loopback address.
struct Wire {
    /// The hub's address.
    struct Hub: Sendable {
        let port: Int
        let tls: NIOSSLContext?
    }

    struct Ended: Error {}

    /// TLS that accepts any certificate.
    static func trustingContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try NIOSSLContext(configuration: configuration)
    }

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var bytes = ByteBuffer()

    static func open<Value: Sendable>(
        _ hub: Hub, from address: String, _ body: (inout Wire) async throws -> Value
    ) async throws -> Value {
        let channel =
            try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(to: SocketAddress(ipAddress: address, port: 0))
            .connect(host: "127.0.0.1", port: hub.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = hub.tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var wire = Wire(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&wire)
        }
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    func send(bytes: [UInt8], _ text: String) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes + Array(text.utf8)))
    }

    /// Reads one answer with the body of its `Content-Length`.
    mutating func status() async throws -> Int {
        while true {
            if let headBytes = Self.headBytes(bytes.readableBytesView) {
                let head = String(decoding: bytes.readableBytesView.prefix(headBytes), as: UTF8.self).lowercased()
                let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
                let whole = headBytes + (length.flatMap { Int($0.dropFirst(16)) } ?? 0)
                if bytes.readableBytes >= whole || head.contains(" 101 ") {
                    bytes.moveReaderIndex(forwardBy: min(whole, bytes.readableBytes))
                    return head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                }
            }
            guard var more = try await inbound.next() else { throw Ended() }
            bytes.writeBuffer(&more)
        }
    }

    /// Reads to the empty line, and returns it too.
    private static func headBytes(_ bytes: ByteBufferView) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.count >= end.count else { return nil }
        return (0...(bytes.count - end.count)).first { bytes.dropFirst($0).starts(with: end) }.map { $0 + end.count }
    }

    /// Reads until the hub closes the connection.
    mutating func untilEnd() async throws {
        while try await inbound.next() != nil {}
    }
}
