import NIOCore
import NIOWebSocket

/// Puts the frames of a server together to text messages (RFC 6455, sections 5 and 7). A pure state machine: frames in,
/// actions out.
///
/// Binary messages are ignored, as Pulsoid's documentation asks of a client; all else that a server may not send ends the
/// stream.
struct MessageAssembler {
    enum Action: Equatable {
        case none
        case message(String)
        /// Answer the ping with this.
        case pong(ByteBuffer)
        /// The server says goodbye.
        case closed(code: UInt16?, reason: String)
        /// The stream must be closed with this code, for this reason.
        case fail(WebSocketErrorCode, String)
    }

    private enum State {
        case idle
        /// In the middle of a text message, with what has come of it.
        case text(ByteBuffer)
        /// In the middle of a binary message.
        case binary
    }

    private let messageBytes: Int
    private var state = State.idle

    init(messageBytes: Int) {
        self.messageBytes = messageBytes
    }

    mutating func receive(_ frame: WebSocketFrame) -> Action {
        if frame.rsv1 || frame.rsv2 || frame.rsv3 { return .fail(.protocolError, "a reserved bit is set") }
        if frame.maskKey != nil { return .fail(.protocolError, "a server must not mask its frames") }
        switch (frame.opcode, state) {
        case (.ping, _): return .pong(frame.data)
        case (.pong, _): return .none
        case (.connectionClose, _): return goodbye(frame.data)
        case (.text, .idle): return append(frame.data, to: ByteBuffer(), isFinal: frame.fin)
        case (.continuation, .text(let beginning)): return append(frame.data, to: beginning, isFinal: frame.fin)
        case (.binary, .idle), (.continuation, .binary):
            state = frame.fin ? .idle : .binary
            return .none
        case (.continuation, .idle): return .fail(.protocolError, "a continuation of nothing")
        case (.text, _), (.binary, _): return .fail(.protocolError, "a message inside another")
        default: return .fail(.protocolError, "an unknown opcode")
        }
    }

    private mutating func append(_ data: ByteBuffer, to beginning: ByteBuffer, isFinal: Bool) -> Action {
        guard beginning.readableBytes + data.readableBytes <= messageBytes else {
            return .fail(.messageTooLarge, "a message of more than \(messageBytes) bytes")
        }
        var message = beginning
        message.writeImmutableBuffer(data)
        guard isFinal else {
            state = .text(message)
            return .none
        }
        state = .idle
        guard let text = String(validating: message.readableBytesView, as: UTF8.self) else {
            return .fail(.dataInconsistentWithMessage, "a text that is not UTF-8")
        }
        return .message(text)
    }

    private func goodbye(_ data: ByteBuffer) -> Action {
        var data = data
        let code = data.readInteger(as: UInt16.self)
        return .closed(code: code, reason: String(decoding: data.readableBytesView, as: UTF8.self))
    }
}
