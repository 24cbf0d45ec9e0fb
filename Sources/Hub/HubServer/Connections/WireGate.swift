import NIOCore
import NIOHTTP1

/// Stands in front of the HTTP decoder and lets the bytes of one request at a time through, counted as they are on the wire:
/// - a head goes on once it is complete, so that a half one costs its bytes and no parsed fields;
/// - a head must be complete in time, and has a limit in bytes;
/// - while a request is decided on and answered nothing is read, and what has come already waits unparsed: the rest stays in
///   the kernel, and the client waits;
/// - the framing of a chunked body (sizes, extensions, trailers) is bounded by what it carries;
/// - after the last answer some bytes are read and thrown away, so that the client gets to read the answer, then no more.
///
/// ``RequestGuard``, behind the decoder, says which part of a request is at hand.
final class WireGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// Why a request is refused here.
    enum Refusal {
        case headTooLarge
        case headTooSlow
        case framingTooLarge
    }

    private enum Phase {
        /// A head is collected.
        case head
        /// A head was passed on, and was not recognised as one yet.
        case parsing
        /// So many bytes of a body are to come.
        case body(left: Int)
        /// A body in chunks: its bytes on the wire, and those that it carries.
        case chunks(wire: Int, payload: Int)
        /// A request is complete, its answer is not.
        case answering
        /// The last answer was given: what comes is thrown away.
        case closing(thrownAway: Int)
        /// Not HTTP any more: everything goes through.
        case open
    }

    /// What is parsed at once of a chunked body, whose end only the parser finds: behind it there may be other requests.
    private static let chunkSlice = 512
    /// What the framing of a chunked body may take beyond the size of the body.
    private static let framingBytes = 16 << 10
    /// What is held at most.
    private static let heldBytes = 64 << 10
    /// What is thrown away at most behind the last answer.
    static let thrownAwayBytes = 64 << 10

    private let headerBytes: Int
    private let headTime: TimeAmount
    private var phase = Phase.head
    private var held = ByteBuffer()
    /// Bytes of `held` that hold no end of a head.
    private var searched = 0
    /// A body came in chunks. Where it ended, the decoder may have got the beginning of the next request too. From then on
    /// it gets small pieces as they come: what it lacks of a head cannot be told from a whole one.
    private var isInPieces = false
    private var isFeeding = false
    private var isFeedScheduled = false
    private var isReadHeld = false
    private var isInputClosedHeld = false
    /// Why this gate has refused the request at hand; the error that goes down the pipeline is one of NIO's.
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

    /// What is held goes to the handler that stands behind now.
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
        // A client that has closed its side is read to its end, asked for or not.
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
            // The requests that came before it come first.
            isInputClosedHeld = true
            return
        case .head where held.readableBytes > 0:
            // The decoder says what is wrong with a head that ends in the middle.
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

    /// A head was recognised; `bodyBytes` is nil for a body in chunks.
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

    /// So many bytes of a body came out of the decoder.
    func bodyCame(_ bytes: Int) {
        if case .chunks(let wire, let payload) = phase { phase = .chunks(wire: wire, payload: payload + bytes) }
    }

    /// What is to come of a request's body; nil when only its end will tell.
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
        // The handlers between are still busy with the answer.
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

    /// Passes on what may go on.
    /// - Returns: whether anything did.
    @discardableResult
    private func feed(_ context: ChannelHandlerContext) -> Bool {
        // A part of a request can come, and be answered, while its bytes are passed on.
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
        // The decoder has not seen the end of it, which is there.
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
        // RFC 9112, 2.2: empty lines in front of a request are passed over.
        if searched == 0 {
            let emptyLines = held.readableBytesView.prefix { $0 == 0x0D || $0 == 0x0A }.count
            held.moveReaderIndex(forwardBy: emptyLines)
            guard let first = held.readableBytesView.first else { return nil }
            // No method begins so: the decoder says it at once.
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

    /// Bytes that go to the decoder, whatever they are, until it has recognised a head.
    private func unseenHead(_ context: ChannelHandlerContext) -> ByteBuffer? {
        phase = .parsing
        if deadline == nil { startDeadline(context) }
        return held.readSlice(length: min(Self.chunkSlice, held.readableBytes))
    }

    /// Up to and with the empty line.
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

    /// What waits gets memory of its size: the buffer that it was read into is larger, and is read into again.
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
