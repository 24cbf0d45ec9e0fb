import NIOCore
import NIOHTTP1

/// The handler in front of the HTTP decoder. It passes on the bytes of one request at a time:
/// - a head goes on when it is complete, so that half a head costs its bytes and no parsed fields;
/// - a head has a time-out and a limit in bytes;
/// - until a request is answered nothing more is read; bytes that have arrived stay unparsed, the rest stays in the
///   kernel, and the client waits;
/// - the framing of a chunked body (sizes, extensions, trailers) is limited by its payload;
/// - after the last answer some bytes are read and discarded, so that the client can read the answer.
///
/// ``RequestGuard``, behind the decoder, reports the progress of the request.
final class WireGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// Why this handler refuses a request.
    enum Refusal {
        case headTooLarge
        case headTooSlow
        case framingTooLarge
    }

    private enum Phase {
        /// A head is collected.
        case head
        /// A head was passed on, and the decoder has not recognised it yet.
        case parsing
        /// This many bytes of a body are missing.
        case body(left: Int)
        /// A chunked body: its bytes on the wire, and its payload.
        case chunks(wire: Int, payload: Int)
        /// A request is complete, its answer is not.
        case answering
        /// The last answer was given: further bytes are discarded.
        case closing(thrownAway: Int)
        /// Not HTTP any more: all bytes pass.
        case open
    }

    /// Bytes of a chunked body that are parsed at once. Only the parser finds its end, and other requests may follow.
    private static let chunkSlice = 512
    /// Framing of a chunked body beyond the size of the body.
    private static let framingBytes = 16 << 10
    /// Bytes that this handler holds at most.
    private static let heldBytes = 64 << 10
    /// Bytes that are discarded at most after the last answer.
    static let thrownAwayBytes = 64 << 10

    private let headerBytes: Int
    private let headTime: TimeAmount
    private var phase = Phase.head
    private var held = ByteBuffer()
    /// Bytes of `held` that were searched for the end of a head.
    private var searched = 0
    /// A chunked body has arrived. At its end, the decoder may have received the beginning of the next request too.
    /// From then on it gets small pieces as they come, because the rest of a head cannot be distinguished from a
    /// complete one.
    private var isInPieces = false
    private var isFeeding = false
    private var isFeedScheduled = false
    private var isReadHeld = false
    private var isInputClosedHeld = false
    /// Why this handler refused the current request. The error in the pipeline is one of NIO's.
    private(set) var refusal: Refusal?
    private var context: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?

    init(limits: HubLimits) {
        headerBytes = limits.headerBytes
        headTime = .seconds(min(limits.headSeconds, limits.requestSeconds))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        startDeadline(context)
    }

    /// Passes the held bytes to the next handler.
    func removeHandler(context: ChannelHandlerContext, removalToken: ChannelHandlerContext.RemovalToken) {
        feed(context)
        if isReadHeld { context.read() }
        context.leavePipeline(removalToken: removalToken)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if held.readableBytes == 0 { held = bytes } else { held.writeBuffer(&bytes) }
        // A client that has closed its side is read to its end, without a read call.
        if held.readableBytes > Self.heldBytes { context.channel.cut() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !feed(context) { context.fireChannelReadComplete() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: inputClosed(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func inputClosed(_ context: ChannelHandlerContext) {
        switch phase {
        case .answering where held.readableBytes > 0:
            // Earlier requests come first.
            isInputClosedHeld = true
            return
        case .head where held.readableBytes > 0:
            // The decoder reports the error of an incomplete head.
            phase = .parsing
            feed(context)
        default: break
        }
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    func read(context: ChannelHandlerContext) {
        switch phase {
        case .answering: isReadHeld = true
        case _ where isFeedScheduled: isReadHeld = true
        default: context.read()
        }
    }

    // MARK: What RequestGuard says

    /// A head was recognised; `bodyBytes` is nil for a chunked body.
    func headCame(bodyBytes: Int?) {
        deadline?.cancel()
        deadline = nil
        if bodyBytes == nil { isInPieces = true }
        switch phase {
        case .closing, .open: break
        case _ where isInPieces: phase = .chunks(wire: 0, payload: 0)
        default: phase = .body(left: bodyBytes ?? 0)
        }
    }

    /// The decoder returned bytes of a body.
    func bodyCame(_ bytes: Int) {
        if case .chunks(let wire, let payload) = phase { phase = .chunks(wire: wire, payload: payload + bytes) }
    }

    /// The missing bytes of a body; nil if only its end shows it.
    var bodyBytesLeft: Int? {
        switch phase {
        case .body(let left): left
        case .answering: 0
        default: nil
        }
    }

    /// A request is complete.
    func requestEnded() {
        switch phase {
        case .closing, .open: break
        default: phase = .answering
        }
    }

    /// A request is complete and answered: the next may come.
    func answered() {
        switch phase {
        case .closing, .open: return
        default: phase = .head
        }
        guard let context, !isFeeding, !isFeedScheduled, held.readableBytes > 0 || isReadHeld else { return }
        isFeedScheduled = true
        // The handlers in between still write the answer.
        context.eventLoop.assumeIsolated().execute {
            self.isFeedScheduled = false
            guard let context = self.context else { return }
            self.feed(context)
            if self.isInputClosedHeld {
                self.isInputClosedHeld = false
                self.inputClosed(context)
            }
            if case .answering = self.phase { return }
            guard self.isReadHeld else { return }
            self.isReadHeld = false
            context.read()
        }
    }

    /// The last answer was given.
    func close() {
        if case .open = phase { return }
        phase = .closing(thrownAway: 0)
        deadline?.cancel()
        guard let context, isReadHeld else { return }
        isReadHeld = false
        context.read()
    }

    /// The connection becomes a WebSocket; after this the gate is removed.
    func open() {
        phase = .open
        deadline?.cancel()
    }

    // MARK: Bytes

    /// Passes bytes on, as far as the phase allows.
    /// - Returns: whether bytes were passed on.
    @discardableResult
    private func feed(_ context: ChannelHandlerContext) -> Bool {
        // While bytes are passed on, a request may be parsed and answered.
        guard !isFeeding else { return false }
        isFeeding = true
        defer { isFeeding = false }
        var isAnythingPassedOn = false
        while held.readableBytes > 0, let slice = nextSlice(context) {
            isAnythingPassedOn = true
            context.fireChannelRead(wrapInboundOut(slice))
            if case .chunks(let wire, let payload) = phase, wire > Self.framingBytes + 2 * payload {
                refuse(context, .framingTooLarge)
            }
        }
        keepHeldCompact(context)
        if isAnythingPassedOn { context.fireChannelReadComplete() }
        return isAnythingPassedOn
    }

    private func nextSlice(_ context: ChannelHandlerContext) -> ByteBuffer? {
        switch phase {
        case .head: return nextHead(context)
        case .parsing: return held.readSlice(length: min(Self.chunkSlice, held.readableBytes))
        case .open: return held.readSlice(length: held.readableBytes)
        // The decoder has not reached its end yet.
        case .body(left: 0): return nil
        case .body(let left):
            let slice = held.readSlice(length: min(left, held.readableBytes))
            phase = .body(left: left - (slice?.readableBytes ?? 0))
            return slice
        case .chunks(let wire, let payload):
            let slice = held.readSlice(length: min(Self.chunkSlice, held.readableBytes))
            phase = .chunks(wire: wire + (slice?.readableBytes ?? 0), payload: payload)
            return slice
        case .answering: return nil
        case .closing(let thrownAway):
            let sum = thrownAway + held.readableBytes
            held = ByteBuffer()
            phase = .closing(thrownAway: sum)
            if sum > Self.thrownAwayBytes { context.channel.cut() }
            return nil
        }
    }

    /// A complete head; nil while there is none.
    private func nextHead(_ context: ChannelHandlerContext) -> ByteBuffer? {
        if isInPieces { return unseenHead(context) }
        // RFC 9112, 2.2: empty lines before a request are skipped.
        if searched == 0 {
            let emptyLines = held.readableBytesView.prefix { $0 == 0x0D || $0 == 0x0A }.count
            held.moveReaderIndex(forwardBy: emptyLines)
            guard let first = held.readableBytesView.first else { return nil }
            // No method begins with this: the decoder reports it at once.
            guard (0x41...0x5A).contains(first) else { return unseenHead(context) }
        }
        guard let length = headLength() else {
            guard held.readableBytes <= headerBytes else {
                refuse(context, .headTooLarge)
                return nil
            }
            if deadline == nil { startDeadline(context) }
            return nil
        }
        searched = 0
        guard length <= headerBytes else {
            refuse(context, .headTooLarge)
            return nil
        }
        phase = .parsing
        return held.readSlice(length: length)
    }

    /// Bytes for the decoder, until it has recognised a head.
    private func unseenHead(_ context: ChannelHandlerContext) -> ByteBuffer? {
        phase = .parsing
        if deadline == nil { startDeadline(context) }
        return held.readSlice(length: min(Self.chunkSlice, held.readableBytes))
    }

    /// Its length, with the empty line.
    private func headLength() -> Int? {
        let view = held.readableBytesView
        var index = view.startIndex + max(0, searched - 2)
        while let end = view[index...].firstIndex(of: 0x0A) {
            var next = end + 1
            if next < view.endIndex, view[next] == 0x0D { next += 1 }
            if next < view.endIndex, view[next] == 0x0A { return next + 1 - view.startIndex }
            index = end + 1
        }
        searched = view.count
        return nil
    }

    /// Copies the held bytes into memory of their size: the original buffer is larger, and is used for the next read.
    private func keepHeldCompact(_ context: ChannelHandlerContext) {
        if held.readableBytes == 0 {
            held = ByteBuffer()
        } else if held.storageCapacity > 2 * held.readableBytes {
            held = ByteBuffer(bytes: held.readableBytesView)
        }
    }

    private func refuse(_ context: ChannelHandlerContext, _ refusal: Refusal) {
        held = ByteBuffer()
        searched = 0
        self.refusal = refusal
        context.fireErrorCaught(HTTPParserError.unknown)
    }

    private func startDeadline(_ context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: headTime) { self.timeIsOver() }
    }

    private func timeIsOver() {
        deadline = nil
        guard let context else { return }
        switch phase {
        case .head where held.readableBytes == 0: context.close(promise: nil)
        case .head, .parsing: refuse(context, .headTooSlow)
        case .body, .chunks, .answering, .closing, .open: break
        }
    }
}
