import NIOCore
import NIOPosix
import NIOSSL

/// A TCP connection by hand: sends any bytes, and reads HTTP answers and WebSocket frames with code of its own, so that
/// the hub is not measured against itself.
struct RawConnection {
    struct Answer {
        let status: Int
        /// Names in lower case.
        let headers: [String: String]
        let body: String
    }

    struct Frame: Equatable {
        let opcode: UInt8
        let payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }
        /// Of a close frame.
        var closeCode: Int? { payload.count < 2 ? nil : Int(payload[0]) << 8 | Int(payload[1]) }
    }

    struct UnexpectedEnd: Error {}

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var bytes: [UInt8] = []

    /// With `receiveBufferBytes` the kernel holds little for a client that does not read.
    static func open<Value: Sendable>(
        port: Int, tls: NIOSSLContext? = nil, receiveBufferBytes: Int? = nil,
        _ body: (inout RawConnection) async throws -> Value
    ) async throws -> Value {
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
        if let receiveBufferBytes {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: receiveBufferBytes)
        }
        let channel =
            try await bootstrap
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&connection)
        }
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    func send(bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Says that nothing more will be sent.
    func finish() {
        outbound.finish()
    }

    /// Reads one answer with a body of its `Content-Length`.
    mutating func readAnswer() async throws -> Answer {
        while range(of: "\r\n\r\n") == nil { try await readMore() }
        let end = range(of: "\r\n\r\n") ?? 0
        let lines = String(decoding: take(end + 4), as: UTF8.self).split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1)
            headers[sides[0].lowercased()] = sides.count > 1 ? String(sides[1].drop { $0 == " " }) : ""
        }
        let status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        let body = try await read(headers["content-length"].flatMap(Int.init) ?? 0)
        return Answer(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
    }

    /// Reads one frame of a server: not masked, not fragmented.
    mutating func readFrame() async throws -> Frame {
        let head = try await read(2)
        var count = Int(head[1])
        if count == 126 {
            count = try await read(2).reduce(0) { $0 << 8 | Int($1) }
        } else if count == 127 {
            count = try await read(8).reduce(0) { $0 << 8 | Int($1) }
        }
        return Frame(opcode: head[0] & 0x0F, payload: try await read(count))
    }

    /// True when the server closes without another byte.
    mutating func isAtEnd() async throws -> Bool {
        if !bytes.isEmpty { return false }
        do {
            return try await inbound.next() == nil
        } catch is IOError {
            return true
        }
    }

    /// The next `count` bytes.
    mutating func read(_ count: Int) async throws -> [UInt8] {
        while bytes.count < count { try await readMore() }
        return take(count)
    }

    private mutating func readMore() async throws {
        guard let buffer = try await inbound.next() else { throw UnexpectedEnd() }
        bytes.append(contentsOf: buffer.readableBytesView)
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        let taken = Array(bytes.prefix(count))
        bytes.removeFirst(taken.count)
        return taken
    }

    private func range(of text: String) -> Int? {
        let pattern = Array(text.utf8)
        guard bytes.count >= pattern.count else { return nil }
        return (0...(bytes.count - pattern.count)).first { Array(bytes[$0..<($0 + pattern.count)]) == pattern }
    }
}
