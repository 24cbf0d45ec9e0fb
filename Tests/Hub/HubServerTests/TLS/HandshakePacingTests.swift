import NIOCore
import NIOEmbedded
import Testing

@testable import HubServer

@Suite struct HandshakePacingTests {
    @Test func handshakes_whenManyComeAtOnce_beginInTurns() throws {
        let loop = EmbeddedEventLoop()
        let queue = HandshakeQueue()
        let channels = try (0..<5).map { _ in try Self.channel(queue, loop) }
        for channel in channels { try channel.writeInbound(ByteBuffer(string: "hello")) }
        #expect(try Self.begun(channels) == [true, true, false, false, false])
        loop.advanceTime(by: HandshakeQueue.turn)
        #expect(try Self.begun(channels) == [false, false, true, true, false])
        loop.advanceTime(by: HandshakeQueue.turn)
        #expect(try Self.begun(channels) == [false, false, false, false, true])
        for channel in channels { _ = try channel.finish() }
    }

    @Test func handshake_afterAQuietTurn_beginsAtOnce() throws {
        let loop = EmbeddedEventLoop()
        let queue = HandshakeQueue()
        for _ in 0..<5 {
            let channel = try Self.channel(queue, loop)
            try channel.writeInbound(ByteBuffer(string: "hello"))
            #expect(try Self.begun([channel]) == [true])
            loop.advanceTime(by: HandshakeQueue.turn)
            _ = try channel.finish()
        }
    }

    @Test func connection_whenItEndsBeforeItsTurn_takesNone() throws {
        let loop = EmbeddedEventLoop()
        let queue = HandshakeQueue()
        let channels = try (0..<5).map { _ in try Self.channel(queue, loop) }
        for channel in channels { try channel.writeInbound(ByteBuffer(string: "hello")) }
        for channel in channels[2...3] { channel.close(promise: nil) }
        loop.run()
        loop.advanceTime(by: HandshakeQueue.turn)
        #expect(try Self.begun([channels[4]]) == [true])
        for channel in channels { _ = try channel.finish(acceptAlreadyClosed: true) }
    }

    @Test func bytes_thatComeBeforeTheTurn_followInOrder() throws {
        let loop = EmbeddedEventLoop()
        let queue = HandshakeQueue()
        let channels = try (0..<3).map { _ in try Self.channel(queue, loop) }
        for channel in channels { try channel.writeInbound(ByteBuffer(string: "hel")) }
        try channels[2].writeInbound(ByteBuffer(string: "lo"))
        loop.advanceTime(by: HandshakeQueue.turn)
        #expect(try channels[2].readInbound(as: ByteBuffer.self).map { String(buffer: $0) } == "hello")
        try channels[2].writeInbound(ByteBuffer(string: "!"))
        #expect(try channels[2].readInbound(as: ByteBuffer.self).map { String(buffer: $0) } == "!")
        for channel in channels { _ = try channel.finish(acceptAlreadyClosed: true) }
    }

    private static func channel(_ queue: HandshakeQueue, _ loop: EmbeddedEventLoop) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: loop)
        try channel.pipeline.syncOperations.addHandler(HandshakeGate(queue))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    /// Which channels have passed their first bytes on since the last question.
    private static func begun(_ channels: [EmbeddedChannel]) throws -> [Bool] {
        try channels.map { try $0.readInbound(as: ByteBuffer.self) != nil }
    }
}
