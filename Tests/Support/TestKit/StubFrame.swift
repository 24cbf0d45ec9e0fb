/// A WebSocket frame as bytes on the wire (RFC 6455, section 5.2), for the scripts of a ``StubServer``.
package struct StubFrame: Sendable, Equatable {
    package enum Opcode: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10
    }

    package var opcode: Opcode
    package var isFinal: Bool
    package var payload: [UInt8]

    package init(_ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true) {
        self.opcode = opcode
        self.isFinal = isFinal
        self.payload = payload
    }

    package static func text(_ text: String) -> StubFrame { StubFrame(.text, Array(text.utf8)) }

    package static func close(_ code: UInt16) -> StubFrame {
        StubFrame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)])
    }

    /// The unmasked frame, in the form of servers.
    var bytes: [UInt8] {
        var bytes = [(isFinal ? 0x80 : 0) | opcode.rawValue]
        switch payload.count {
        case ..<126: bytes.append(UInt8(payload.count))
        case ...0xFFFF: bytes += [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        }
        return bytes + payload
    }
}

extension StubConnection {
    package func send(_ frame: StubFrame) async throws {
        try await send(frame.bytes)
    }

    /// The client's next frame, unmasked; nil when the client has closed the connection, or its frame is not masked.
    package func frame() async throws -> StubFrame? {
        guard let head = try await read(2), let opcode = StubFrame.Opcode(rawValue: head[0] & 0x0F),
            head[1] & 0x80 != 0
        else { return nil }
        var length = Int(head[1] & 0x7F)
        if length >= 126 {
            guard let bytes = try await read(length == 126 ? 2 : 8) else { return nil }
            length = bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let mask = try await read(4), let payload = try await read(length) else { return nil }
        let unmasked = payload.enumerated().map { $1 ^ mask[$0 % 4] }
        return StubFrame(opcode, unmasked, isFinal: head[0] & 0x80 != 0)
    }
}
