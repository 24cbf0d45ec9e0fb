import NIOCore
import NIOEmbedded
import NIOWebSocket

@testable import HubServer
@testable import WebSocketClient

extension Fuzzer {
    private static let messageBytes = 64

    /// What a reader of the hub's streams may send.
    static let hubFrames = Fuzzer(name: "hub-frames") { bytes in
        var receiver = WebSocketReceiver(messageBytes: messageBytes)
        for frame in frames(bytes) {
            switch receiver.receive(frame) {
            case .none: break
            case .pong(let payload): try hold(payload.readableBytes <= 125, "a pong is a control frame")
            case .close(_, let reason): return try hold(reason.utf8.count <= 123, "a reason fits a close frame")
            case .acknowledgeClose: return
            }
        }
    }

    /// What a server may send on a stream.
    static let streamFrames = Fuzzer(name: "stream-frames") { bytes in
        var assembler = MessageAssembler(messageBytes: messageBytes)
        for frame in frames(bytes) {
            switch assembler.receive(frame) {
            case .none: break
            case .message(let text): try hold(text.utf8.count <= messageBytes, "a message is bounded")
            case .pong(let payload): try hold(payload.readableBytes <= 125, "a pong is a control frame")
            case .closed: return
            case .fail(_, let reason): return try hold(reason.utf8.count <= 123, "a reason fits a close frame")
            }
        }
    }

    /// The frames that NIO's decoder finds, until it finds none.
    private static func frames(_ bytes: [UInt8]) -> [WebSocketFrame] {
        let decoder = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: messageBytes * 2))
        let channel = EmbeddedChannel(handler: decoder)
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        var frames: [WebSocketFrame] = []
        while let frame = try? channel.readInbound(as: WebSocketFrame.self) { frames.append(frame) }
        return frames
    }
}
