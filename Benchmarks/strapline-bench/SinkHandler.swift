import NIOCore
import NIOHTTP1

/// Answers one connection's requests.
final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let arrived: AsyncStream<Arrival>.Continuation
    private var body = ByteBuffer()
    private var sender = ""

    init(arrived: AsyncStream<Arrival>.Continuation) {
        self.arrived = arrived
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            body.clear()
            sender = head.headers.first(name: "Authorization") ?? ""
        case .body(var part):
            body.writeBuffer(&part)
        case .end:
            if let rate = Self.heartRate(in: body) {
                arrived.yield(Arrival(sender: sender, heartRate: rate, readings: 1, at: .now))
            } else {
                arrived.yield(Arrival(sender: sender, heartRate: 0, readings: Self.beats(in: body), at: .now))
            }
            answer(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A program that has ended leaves a broken connection behind.
        context.close(promise: nil)
    }

    private func answer(_ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1, status: .ok,
            headers: ["Content-Type": "application/json", "Content-Length": "2"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "{}")))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// How many beats Cardiogram is sent.
    static func beats(in body: ByteBuffer) -> Int {
        body.readableBytesView.split(separator: UInt8(ascii: "\"")).count { $0.elementsEqual("start".utf8) }
    }

    /// The value of `heart_rate`, nil where there is none; without the cost of reading the whole JSON.
    static func heartRate(in body: ByteBuffer) -> UInt16? {
        let digits = body.readableBytesView.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
            .drop { !$0.elementsEqual("heart_rate".utf8) }.dropFirst().first
        guard let digits else { return nil }
        return UInt16(String(decoding: digits.filter { (0x30...0x39).contains($0) }, as: UTF8.self))
    }
}
