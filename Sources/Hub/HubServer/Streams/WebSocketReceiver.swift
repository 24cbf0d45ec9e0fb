import NIOCore
import NIOWebSocket

/// The rules of RFC 6455 for received frames that NIO's decoder leaves to its user.
///
/// The hub's streams take no messages. A client may send some: they are checked and ignored.
struct WebSocketReceiver: Sendable {
    enum Action: Sendable, Equatable {
        case none
        case pong(ByteBuffer)
        /// Send a close frame and end the connection.
        case close(WebSocketErrorCode, reason: String)
        /// The other side has sent a close frame: answer with the same code and end the connection.
        case acknowledgeClose(WebSocketErrorCode)
    }

    private let messageBytes: Int
    /// An incomplete message of several frames; nil between messages.
    private var partial: (isText: Bool, bytes: ByteBuffer)?

    init(messageBytes: Int) {
        self.messageBytes = messageBytes
    }

    mutating func receive(_ frame: WebSocketFrame) -> Action {
        guard frame.maskKey != nil else { return .close(.protocolError, reason: "frames of a client must be masked") }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return .close(.protocolError, reason: "no extension was agreed on")
        }
        switch frame.opcode {
        case .text, .binary:
            guard partial == nil else { return .close(.protocolError, reason: "the message before is not complete") }
            return receive(frame.unmaskedData, isText: frame.opcode == .text, isLast: frame.fin)
        case .continuation:
            guard var message = partial else {
                return .close(.protocolError, reason: "there is no message to continue")
            }
            // One owner, otherwise every fragment would copy the previous ones.
            partial = nil
            message.bytes.writeImmutableBuffer(frame.unmaskedData)
            return receive(message.bytes, isText: message.isText, isLast: frame.fin)
        case .ping: return .pong(frame.unmaskedData)
        case .pong: return .none
        case .connectionClose: return receiveClose(frame.unmaskedData)
        default: return .close(.protocolError, reason: "opcode not known")
        }
    }

    private mutating func receive(_ bytes: ByteBuffer, isText: Bool, isLast: Bool) -> Action {
        guard bytes.readableBytes <= messageBytes else {
            return .close(.messageTooLarge, reason: "at most \(messageBytes) bytes")
        }
        partial = isLast ? nil : (isText, bytes)
        if isLast, isText, !bytes.isUTF8 {
            return .close(.dataInconsistentWithMessage, reason: "text must be UTF-8")
        }
        return .none
    }

    private func receiveClose(_ payload: ByteBuffer) -> Action {
        var payload = payload
        if payload.readableBytes == 0 { return .acknowledgeClose(.normalClosure) }
        guard let code = payload.readInteger(as: UInt16.self) else {
            return .close(.protocolError, reason: "a close code has two bytes")
        }
        // RFC 6455, 7.4: these are allowed in a close frame; 1004 to 1006 and 1015 are not.
        switch code {
        case 1000...1003, 1007...1014, 3000...4999:
            return payload.isUTF8
                ? .acknowledgeClose(WebSocketErrorCode(codeNumber: Int(code)))
                : .close(.dataInconsistentWithMessage, reason: "the reason must be UTF-8")
        default: return .close(.protocolError, reason: "close code not allowed")
        }
    }
}

extension ByteBuffer {
    fileprivate var isUTF8: Bool {
        String(validating: readableBytesView, as: UTF8.self) != nil
    }
}
