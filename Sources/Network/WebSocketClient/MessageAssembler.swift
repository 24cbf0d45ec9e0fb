import NIOCore
import NIOWebSocket

/// Puts the frames of a server together to text messages (RFC 6455, sections 5 and 7). A pure state machine: frames in,
/// actions out.
///
/// Binary messages are ignored, as Pulsoid's documentation asks of a client; all else that a server may not send ends
/// the stream.
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
        /// In the middle of a text message.
        case text
        /// In the middle of a binary message.
        case binary
    }

    private let messageBytes: Int
    /// A frame has a head of its own: messages in frames of one byte are work for nothing.
    private let fragmentLimit: Int
    private var state = State.idle
    /// The received part of a text message. Not a value within the state, or every fragment would copy all that came
    /// before.
    private(set) var beginning = ByteBuffer()
    private var fragments = 0

    /// Whether no message is under way.
    var isIdle: Bool { state == .idle }

    init(messageBytes: Int, fragmentLimit: Int = WebSocketLimits().fragments) {
        self.messageBytes = messageBytes
        self.fragmentLimit = fragmentLimit
    }

    mutating func receive(_ frame: WebSocketFrame) -> Action {
        if frame.rsv1 || frame.rsv2 || frame.rsv3 { return .fail(.protocolError, "a reserved bit is set") }
        if frame.maskKey != nil { return .fail(.protocolError, "a server must not mask its frames") }
        switch (frame.opcode, state) {
        case (.ping, _): return .pong(frame.data)
        case (.pong, _): return .none
        case (.connectionClose, _): return goodbye(frame.data)
        case (.text, .idle), (.continuation, .text): return append(frame.data, isFinal: frame.fin)
        case (.binary, .idle), (.continuation, .binary):
            state = frame.fin ? .idle : .binary
            return count(isFinal: frame.fin) ?? .none
        case (.continuation, .idle): return .fail(.protocolError, "a continuation of nothing")
        case (.text, _), (.binary, _): return .fail(.protocolError, "a message inside another")
        default: return .fail(.protocolError, "an unknown opcode")
        }
    }

    private mutating func append(_ data: ByteBuffer, isFinal: Bool) -> Action {
        guard beginning.readableBytes + data.readableBytes <= messageBytes else {
            return .fail(.messageTooLarge, "a message of more than \(messageBytes) bytes")
        }
        if let failure = count(isFinal: isFinal) { return failure }
        // The usual message is one frame.
        var message = data
        if state == .text || !isFinal {
            beginning.writeImmutableBuffer(data)
            guard isFinal else {
                state = .text
                return .none
            }
            message = beginning
            beginning = ByteBuffer()
        }
        state = .idle
        guard let text = String(validating: message.readableBytesView, as: UTF8.self) else {
            return .fail(.dataInconsistentWithMessage, "a text that is not UTF-8")
        }
        return .message(text)
    }

    /// Counts a frame of a message, whose last ends the count.
    private mutating func count(isFinal: Bool) -> Action? {
        fragments = isFinal ? 0 : fragments + 1
        return fragments > fragmentLimit
            ? .fail(.messageTooLarge, "a message of more than \(fragmentLimit) fragments") : nil
    }

    private func goodbye(_ data: ByteBuffer) -> Action {
        var data = data
        let code = data.readInteger(as: UInt16.self)
        return .closed(code: code, reason: String(decoding: data.readableBytesView, as: UTF8.self))
    }
}
