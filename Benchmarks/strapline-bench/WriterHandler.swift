import NIOCore

/// One connection that writes: one request at a time, its answer awaited.
final class WriterHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let endOfHead = Array("\r\n\r\n".utf8)

    private let head: String
    /// Called after each answer, with an error if the request was not accepted.
    private let answered: (BenchError?) -> Void
    private var context: ChannelHandlerContext?
    private var answer = ByteBuffer()

    init(_ writer: BroadcastServer.Writer, answered: @escaping (BenchError?) -> Void) {
        head =
            "POST \(writer.path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + (writer.token.map { "Authorization: Bearer \($0)\r\n" } ?? "") + "Content-Length: "
        self.answered = answered
    }

    func post(_ body: String) {
        context?.writeAndFlush(
            wrapOutboundOut(ByteBuffer(string: "\(head)\(body.utf8.count)\r\n\r\n\(body)")), promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        answer.writeBuffer(&bytes)
        guard let end = answer.readableBytesView.firstRange(of: Self.endOfHead) else { return }
        let text = String(decoding: answer.readableBytesView[..<end.upperBound], as: UTF8.self)
        guard answer.readableBytesView[end.upperBound...].count >= Self.contentLength(text) else { return }
        answer.clear()
        answered(text.hasPrefix("HTTP/1.1 2") ? nil : BenchError("a write was refused: \(text)"))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        answered(BenchError("a writer's connection has ended"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private static func contentLength(_ head: String) -> Int {
        for line in head.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":")
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return Int(parts[1].drop { $0 == " " }) ?? 0
        }
        return 0
    }
}
