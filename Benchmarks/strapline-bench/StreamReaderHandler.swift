import NIOCore

/// One reader: asks for the stream, and reports each message.
final class StreamReaderHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A pong without payload, masked with zeros.
    private static let pong = ByteBuffer(bytes: [0x8A, 0x80, 0, 0, 0, 0])
    private static let endOfHead = Array("\r\n\r\n".utf8)

    private let request: ByteBuffer
    private let opened: EventLoopPromise<Void>
    private let delivered: () -> Void
    private let ended: () -> Void
    private var head: ByteBuffer? = ByteBuffer()
    private var frames = FrameScanner()

    init(
        path: String, opened: EventLoopPromise<Void>, delivered: @escaping () -> Void, ended: @escaping () -> Void
    ) {
        request = ByteBuffer(
            string: "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        self.opened = opened
        self.delivered = delivered
        self.ended = ended
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if var head {
            head.writeBuffer(&bytes)
            guard let end = head.readableBytesView.firstRange(of: Self.endOfHead) else {
                self.head = head
                return
            }
            self.head = nil
            guard head.readableBytesView.starts(with: "HTTP/1.1 101".utf8) else {
                opened.fail(BenchError("a reader was refused: \(String(buffer: head))"))
                return
            }
            head.moveReaderIndex(to: end.upperBound)
            bytes = head
            opened.succeed()
        }
        frames.scan(bytes) { opcode in
            switch opcode {
            case FrameScanner.text: delivered()
            case FrameScanner.ping: context.writeAndFlush(wrapOutboundOut(Self.pong), promise: nil)
            default: break
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        opened.fail(BenchError("a reader's connection has ended"))
        ended()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
