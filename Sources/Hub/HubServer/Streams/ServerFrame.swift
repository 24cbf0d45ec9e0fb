import NIOCore
import NIOWebSocket

/// The frames of the hub, in bytes.
///
/// A server's frames are not masked (RFC 6455, 5.1), so a message has the same bytes for every reader. It is encoded
/// once; NIO's encoder would do it for each reader.
enum ServerFrame {
    static func text(_ text: String) -> ByteBuffer {
        frame(opcode: 0x1, payload: ByteBuffer(string: text))
    }

    static let ping = frame(opcode: 0x9, payload: ByteBuffer())

    static func pong(_ payload: ByteBuffer) -> ByteBuffer {
        frame(opcode: 0xA, payload: payload)
    }

    /// A close frame, with a reason of at most 123 bytes.
    static func close(_ code: WebSocketErrorCode, reason: String = "") -> ByteBuffer {
        var payload = ByteBuffer()
        payload.write(webSocketErrorCode: code)
        payload.writeString(reason)
        return frame(opcode: 0x8, payload: payload)
    }

    /// One frame with FIN set and the shortest length field (RFC 6455, 5.2).
    private static func frame(opcode: UInt8, payload: ByteBuffer) -> ByteBuffer {
        let count = payload.readableBytes
        var frame = ByteBuffer()
        frame.reserveCapacity(count + 10)
        frame.writeInteger(0x80 | opcode)
        switch count {
        case ...125: frame.writeInteger(UInt8(count))
        case ...Int(UInt16.max): frame.writeMultipleIntegers(UInt8(126), UInt16(count))
        default: frame.writeMultipleIntegers(UInt8(127), UInt64(count))
        }
        frame.writeImmutableBuffer(payload)
        return frame
    }
}
