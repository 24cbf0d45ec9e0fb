import Crypto
import FoundationEssentials
import Glibc
package import NIOCore

/// A connection to a ``StubServer``, which only its script uses.
package final class StubConnection {
    private let channel: any Channel
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()

    init(
        channel: any Channel, inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.channel = channel
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// The next request with its body; nil when the client has closed.
    package func request() async throws -> StubRequest? {
        let endOfHead: [UInt8] = Array("\r\n\r\n".utf8)
        while true {
            let bytes = Array(received.readableBytesView)
            if let end = bytes.indices.first(where: { bytes[$0...].starts(with: endOfHead) }) {
                let head = received.readString(length: end + endOfHead.count) ?? ""
                guard var request = StubRequest(head: head) else { return nil }
                let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
                guard let body = try await read(length) else { return nil }
                request.bytes = body
                request.body = String(decoding: body, as: UTF8.self)
                return request
            }
            guard try await receive() else { return nil }
        }
    }

    /// Exactly this many bytes; nil when the client has closed before.
    package func read(_ count: Int) async throws -> [UInt8]? {
        while received.readableBytes < count {
            guard try await receive() else { return nil }
        }
        return received.readBytes(length: count)
    }

    package func answer(_ answer: StubAnswer) async throws {
        try await send(answer.text)
    }

    package func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    package func send(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Closes the connection with a TCP reset.
    package func reset() async throws {
        guard let socket = channel as? any SocketOptionProvider else { preconditionFailure("not a socket") }
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }

    /// Waits until the client closes.
    package func untilClosed() async throws {
        while try await receive() { received.clear() }
    }

    /// Passes bytes in both directions until one side closes, for a script that is a proxy.
    package func pass(
        to other: NIOAsyncChannelOutboundWriter<ByteBuffer>, from far: NIOAsyncChannelInboundStream<ByteBuffer>
    ) async throws {
        let near = outbound
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for try await bytes in far { try await near.write(bytes) } }
            while try await receive() {
                try await other.write(received)
                received.clear()
            }
            group.cancelAll()
        }
    }

    /// Accepts the upgrade that the request wants. After it, the connection carries frames.
    package func upgradeToWebSocket(_ request: StubRequest) async throws {
        let key = (request.header("Sec-WebSocket-Key") ?? "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        let accept = Data(Insecure.SHA1.hash(data: Data(key.utf8))).base64EncodedString()
        try await send(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(accept)\r\n\r\n")
    }

    private func receive() async throws -> Bool {
        guard var more = try await inbound.next() else { return false }
        received.writeBuffer(&more)
        return true
    }
}
