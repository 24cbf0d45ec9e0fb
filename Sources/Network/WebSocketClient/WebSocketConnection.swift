import NIOCore
import NIOWebSocket
import Synchronization

/// One stream, from its opening to its end.
struct WebSocketConnection: Sendable {
    typealias Report = @Sendable (WebSocketEvent) -> Void

    let request: WebSocketRequest
    let limits: WebSocketLimits
    let clock: any Clock<Duration>

    /// Frames heard so far; the watch compares it with what it saw last.
    private final class Ear: Sendable {
        let frames = Atomic<Int>(0)
    }

    /// Reports ``WebSocketEvent/connected`` and every message until the stream ends, and says why it did and whether
    /// anything was heard on it.
    func run(_ report: @escaping Report) async -> (end: WebSocketError, wasHeard: Bool) {
        let ear = Ear()
        var end = WebSocketError(.closed, request.server)
        do {
            let channel = try await WebSocketOpening(request: request, limits: limits).open()
            report(.connected)
            try await channel.executeThenClose { frames, writer in
                do {
                    try await follow(frames, writer, ear, report)
                } catch {
                    goodbye(to: channel.channel, after: .reading(error, of: request))
                    throw error
                }
            }
        } catch {
            end = .reading(error, of: request)
        }
        return (end, ear.frames.load(ordering: .relaxed) > 0)
    }

    /// Reads until the stream ends, and throws why.
    private func follow(
        _ frames: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ ear: Ear, _ report: @escaping Report
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await read(frames, writer, ear, report) }
            group.addTask { try await watch(writer, ear) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func read(
        _ frames: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ ear: Ear, _ report: @escaping Report
    ) async throws {
        var assembler = MessageAssembler(messageBytes: limits.messageBytes, fragmentLimit: limits.fragments)
        for try await frame in frames {
            ear.frames.add(1, ordering: .relaxed)
            switch assembler.receive(frame) {
            case .none: break
            case .message(let text): report(.message(text))
            case .pong(let data):
                try await writer.write(WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: data))
            case .closed(let code, let reason):
                throw WebSocketError(.closed, request.server, closeCode: code, underlying: reason)
            case .fail(.messageTooLarge, let reason):
                throw WebSocketError(.messageTooLarge, request.server, underlying: reason)
            case .fail(_, let reason):
                throw WebSocketError(.protocolViolation, request.server, underlying: reason)
            }
        }
        try Task.checkCancellation()
        throw WebSocketError(.closed, request.server)
    }

    /// Pings a silent server and throws when it stays silent: a broken network says nothing by itself.
    private func watch(_ writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ ear: Ear) async throws {
        while true {
            let heard = ear.frames.load(ordering: .relaxed)
            try await clock.sleep(for: limits.pingAfter)
            if ear.frames.load(ordering: .relaxed) != heard { continue }
            try await writer.write(
                WebSocketFrame(fin: true, opcode: .ping, maskKey: .random(), data: ByteBuffer()))
            // The answer may be here already.
            try await clock.sleep(for: limits.pongTimeout)
            if ear.frames.load(ordering: .relaxed) == heard { throw WebSocketError(.silent, request.server) }
        }
    }

    /// Sends a close frame (RFC 6455, section 7.4.1) on its way before the connection is closed. Not through the
    /// writer, which takes nothing from a cancelled task.
    private func goodbye(to channel: any Channel, after end: WebSocketError) {
        let code: WebSocketErrorCode =
            switch end.code {
            case .messageTooLarge: .messageTooLarge
            case .protocolViolation: .protocolError
            default: .normalClosure
            }
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        channel.writeAndFlush(
            WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: data), promise: nil)
    }
}
