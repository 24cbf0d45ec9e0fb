extension RawConnection {
    /// The example key of RFC 6455, 1.3, and the answer it must have.
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    /// Asks for a WebSocket.
    mutating func upgrade(_ path: String, headers: [String] = []) async throws -> Answer {
        let lines =
            [
                "GET \(path) HTTP/1.1", "Host: hub", "Connection: Upgrade", "Upgrade: websocket",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(Self.key)",
            ] + headers
        try await send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        return try await readAnswer()
    }

    /// Sends one masked frame, as a client must.
    func sendFrame(opcode: UInt8, _ payload: [UInt8] = [], isLast: Bool = true) async throws {
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        let masked = payload.enumerated().map { $1 ^ mask[$0 % 4] }
        let length: [UInt8] =
            payload.count < 126
            ? [0x80 | UInt8(payload.count)] : [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        try await send(bytes: [(isLast ? 0x80 : 0) | opcode] + length + mask + masked)
    }

    /// Returns once everything that was asked for before is done on this connection: pings, and waits for the answer.
    /// Frames that come before it are lost.
    mutating func roundTrip() async throws {
        try await sendFrame(opcode: 0x9, [1, 2, 3])
        while try await readFrame().opcode != 0xA {}
    }
}
