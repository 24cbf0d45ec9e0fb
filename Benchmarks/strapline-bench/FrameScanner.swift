import NIOCore

/// Finds the WebSocket frames in what a server sends, whatever pieces it comes in (RFC 6455, 5.2: not masked).
struct FrameScanner {
    static let text: UInt8 = 0x1
    static let ping: UInt8 = 0x9

    /// The beginning of a frame whose end has not come.
    private var rest = ByteBuffer()

    /// Takes the next piece and calls `frame` with the opcode of each frame that is complete.
    mutating func scan(_ piece: ByteBuffer, _ frame: (UInt8) -> Void) {
        var bytes = piece
        if rest.readableBytes > 0 {
            bytes = rest
            bytes.writeImmutableBuffer(piece)
            rest = ByteBuffer()
        }
        while let (opcode, count) = Self.next(in: bytes) {
            bytes.moveReaderIndex(forwardBy: count)
            frame(opcode)
        }
        if bytes.readableBytes > 0 { rest = ByteBuffer(bytes: bytes.readableBytesView) }
    }

    /// Opcode and length of the first frame, header included; nil while it is not all there.
    private static func next(in bytes: ByteBuffer) -> (UInt8, Int)? {
        let start = bytes.readerIndex
        guard let first: UInt8 = bytes.getInteger(at: start), let second: UInt8 = bytes.getInteger(at: start + 1) else {
            return nil
        }
        var (header, payload) = (2, Int(second))
        if second == 126 {
            guard let length: UInt16 = bytes.getInteger(at: start + 2) else { return nil }
            (header, payload) = (4, Int(length))
        } else if second > 126 {
            guard let length: UInt64 = bytes.getInteger(at: start + 2) else { return nil }
            (header, payload) = (10, Int(length))
        }
        return bytes.readableBytes >= header + payload ? (first & 0xF, header + payload) : nil
    }
}
