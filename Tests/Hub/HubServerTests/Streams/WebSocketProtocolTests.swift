import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// RFC 6455 over a real socket: allowed frames, and frames that end a stream.
@Suite(.timeLimit(.minutes(10)))
struct WebSocketProtocolTests {
    private func withStream(
        _ body: @escaping @Sendable (inout RawConnection) async throws -> Void
    ) async throws {
        try await TestHub.run { hub in
            let token = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                let answer = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(token)")
                #expect(answer.status == 101)
                try await body(&socket)
            }
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: token).status == 200)
        }
    }

    @Test(arguments: [
        // Not masked; reserved bits; reserved opcodes; fragmented ping; continuation of nothing.
        ([0x81, 0x01, 0x61], 1002), ([0xC1, 0x80, 0, 0, 0, 0], 1002), ([0xA1, 0x80, 0, 0, 0, 0], 1002),
        ([0x83, 0x80, 0, 0, 0, 0], 1002), ([0x8B, 0x80, 0, 0, 0, 0], 1002), ([0x09, 0x80, 0, 0, 0, 0], 1002),
        ([0x80, 0x80, 0, 0, 0, 0], 1002),
        // A ping of 126 bytes, a message of 64 kB, one of 2^63 bytes, text that is not UTF-8.
        ([0x89, 0xFE, 0x00, 0x7E, 0, 0, 0, 0], 1002), ([0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], 1009),
        ([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009), ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007),
        // Close frames: one byte, a code that may not be sent, well-formed.
        ([0x88, 0x81, 0, 0, 0, 0, 0x03], 1002), ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED], 1002),
        ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8], 1000), ([0x88, 0x80, 0, 0, 0, 0], 1000),
    ])
    func frame_endsTheStream(bytes: [UInt8], closeCode: Int) async throws {
        try await withStream { socket in
            try await socket.send(bytes: bytes)
            let close = try await socket.readFrame()
            #expect(close.opcode == 8)
            #expect(close.closeCode == closeCode)
            try await socket.sendFrame(opcode: 8, [0x03, 0xE8])
            #expect(try await socket.isAtEnd())
        }
    }

    @Test func messages_arePassedOver_andPingsAnswered() async throws {
        try await withStream { socket in
            try await socket.sendFrame(opcode: 1, Array("héllo".utf8))
            try await socket.sendFrame(opcode: 2, [0xFF, 0xFE])
            try await socket.sendFrame(opcode: 1, [0xC3], isLast: false)
            try await socket.sendFrame(opcode: 9, [1])
            try await socket.sendFrame(opcode: 0, [0xA9])
            try await socket.sendFrame(opcode: 10, [9])
            try await socket.sendFrame(opcode: 9, [2])
            let pongs = [try await socket.readFrame(), try await socket.readFrame()]
            #expect(pongs == [.init(opcode: 10, payload: [1]), .init(opcode: 10, payload: [2])])
        }
    }

    @Test func framesSentAtOnceWithTheRequest_areRead() async throws {
        try await TestHub.run { hub in
            let token = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                let request =
                    "GET \(PulsoidPath.realTime)?access_token=\(token) HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, "
                    + "Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: \(RawConnection.key)\r\n\r\n"
                try await socket.send(bytes: Array(request.utf8) + [0x89, 0x81, 0, 0, 0, 0, 0x07])
                let answer = try await socket.readAnswer()
                #expect(answer.status == 101)
                #expect(try await socket.readFrame() == .init(opcode: 10, payload: [7]))
            }
        }
    }

    @Test func upgradeOnAUsedConnection_isGranted() async throws {
        try await TestHub.run { hub in
            let token = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                for _ in 0..<2 {
                    try await socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                    #expect(try await socket.readAnswer().status == 200)
                }
                let answer = try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(token)")
                #expect(answer.status == 101)
                #expect(try await hub.write(75, at: 1_709_312_400_000, token: token).status == 200)
                #expect(try await socket.readFrame().opcode == 1)
                try await socket.sendFrame(opcode: 8, [3, 232])
                #expect(try await socket.readFrame() == .init(opcode: 8, payload: [3, 232]))
                #expect(try await socket.isAtEnd())
            }
        }
    }

    @Test func upgradeOnAUsedConnection_whenRefused_saysWhy() async throws {
        try await TestHub.run { hub in
            try await RawConnection.open(port: hub.port) { socket in
                try await socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                _ = try await socket.readAnswer()
                let answer = try await socket.upgrade(PulsoidPath.realTime + "?access_token=nonsense")
                #expect(answer.status == 401)
                #expect(answer.headers["connection"] == "close")
            }
        }
    }

    @Test func readerWhoLeavesWithoutAWord_isForgotten() async throws {
        try await withStream { socket in
            socket.finish()
            let isAtEnd = try await socket.isAtEnd()
            #expect(isAtEnd)
        }
    }
}
