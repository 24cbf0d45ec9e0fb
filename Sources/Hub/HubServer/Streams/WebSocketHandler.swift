import Logging
import NIOCore
import NIOWebSocket
import Timing

/// One reader's WebSocket, at the end of its channel's pipeline. It lives on the channel's event loop, like the
/// ``EventLoopSubscribers`` that feed it.
final class WebSocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    /// Time-out for the answer to a close frame.
    private static let closeTimeout = TimeAmount.seconds(2)
    /// Backlog of each reader beside the kernel's own buffers that is not counted.
    static let freeBytes = 2 << 10

    let subscription: StreamSubscription
    /// The state that a reader of a room has received.
    var roomState: RoomStreamState
    private let streams: EventLoopSubscribers
    // Only the needed limits: there is one of these handlers for each reader.
    private let messageBytes: Int
    private let streamBufferBytes: Int
    private let pingMilliseconds: Int64
    private let silenceMilliseconds: Int64
    private let backlogs: ByteBudget
    private let logger: Logger
    private var receiver: WebSocketReceiver
    private var context: ChannelHandlerContext?
    private var isClosing = false
    /// More than ``freeBytes`` wait. They come from the budget of all readers.
    private var isBehind = false
    private var isFlushDue = false
    private(set) var lastHeardMilliseconds: Int64 = 0
    private var lastPingMilliseconds: Int64 = 0

    init(
        _ subscription: StreamSubscription, streams: EventLoopSubscribers, limits: HubLimits, backlogs: ByteBudget,
        logger: Logger
    ) {
        self.backlogs = backlogs
        self.subscription = subscription
        self.streams = streams
        messageBytes = limits.messageBytes
        streamBufferBytes = limits.streamBufferBytes
        pingMilliseconds = limits.pingSeconds * 1000
        silenceMilliseconds = limits.silenceSeconds * 1000
        self.logger = logger
        if case .room(_, let kinds) = subscription.stream {
            roomState = RoomStreamState(kinds: kinds)
        } else {
            roomState = RoomStreamState(kinds: [])
        }
        receiver = WebSocketReceiver(messageBytes: limits.messageBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        lastHeardMilliseconds = streams.now.bootMilliseconds
        lastPingMilliseconds = lastHeardMilliseconds
        if let refusal = streams.add(self) { close(.policyViolation, reason: refusal) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { caughtUp() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        caughtUp()
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        caughtUp()
        leave()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastHeardMilliseconds = streams.now.bootMilliseconds
        let frame = unwrapInboundIn(data)
        if isClosing {
            if frame.opcode == .connectionClose { context.close(promise: nil) }
            return
        }
        switch receiver.receive(frame) {
        case .none: break
        case .pong(let payload):
            sendNow(ServerFrame.pong(payload))
        case .close(let code, let reason): close(code, reason: reason)
        case .acknowledgeClose(let code):
            isClosing = true
            leave()
            context.writeAndFlush(wrapOutboundOut(ServerFrame.close(code)), promise: nil)
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength:
            close(.messageTooLarge, reason: "at most \(messageBytes) bytes")
        case is NIOWebSocketError: close(.protocolError, reason: "malformed control frame")
        default: context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: close(.goingAway, reason: "the hub is stopping")
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// Sends a frame after all earlier ones. It leaves with the next ``flush()``: ``EventLoopSubscribers`` calls that
    /// once for all frames of an event. A reader with a backlog of more than ``HubLimits/streamBufferBytes`` is
    /// dropped.
    func send(_ frame: ByteBuffer) {
        write(frame)
        guard !isFlushDue else { return }
        isFlushDue = true
        streams.flushLater(self)
    }

    func flush() {
        guard isFlushDue else { return }
        isFlushDue = false
        context?.flush()
    }

    private func sendNow(_ frame: ByteBuffer) {
        write(frame)
        context?.flush()
    }

    private func write(_ frame: ByteBuffer) {
        guard let context, !isClosing else { return }
        if !context.channel.isWritable { context.flush() }
        guard context.channel.isWritable || mayFallBehind(context) else {
            drop(context)
            return
        }
        context.write(wrapOutboundOut(frame), promise: nil)
        guard frame.readableBytes > Self.freeBytes else { return }
        context.flush()
        if !context.channel.isWritable, !borrow() { drop(context) }
    }

    /// Whether one more frame may wait for a slow reader.
    private func mayFallBehind(_ context: ChannelHandlerContext) -> Bool {
        guard borrow(), let waiting = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes) else {
            return false
        }
        return waiting <= streamBufferBytes
    }

    private func borrow() -> Bool {
        if !isBehind { isBehind = backlogs.take(streamBufferBytes) }
        return isBehind
    }

    private func caughtUp() {
        guard isBehind else { return }
        isBehind = false
        backlogs.give(streamBufferBytes)
    }

    private func drop(_ context: ChannelHandlerContext) {
        logger.info(
            "dropped a reader that is too slow", metadata: ["user": "\(subscription.userID)", "subject": "readers"])
        streams.dropped(.tooSlow)
        isClosing = true
        leave()
        context.channel.cut()
    }

    /// Sends a close frame with a reason, and ends the connection after the answer or a time-out.
    func close(_ code: WebSocketErrorCode, reason: String) {
        guard let context, !isClosing else { return }
        isClosing = true
        leave()
        context.writeAndFlush(wrapOutboundOut(ServerFrame.close(code, reason: reason)), promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.closeTimeout) { channel.close(promise: nil) }
    }

    /// Pings a silent reader, and drops one that does not answer.
    func keepAlive(now: Moment) {
        guard !isClosing else { return }
        if now.bootMilliseconds - lastHeardMilliseconds >= silenceMilliseconds {
            logger.info(
                "dropped a reader that does not answer",
                metadata: ["user": "\(subscription.userID)", "subject": "readers"])
            streams.dropped(.silent)
            isClosing = true
            leave()
            context?.close(promise: nil)
        } else if now.bootMilliseconds - max(lastHeardMilliseconds, lastPingMilliseconds) >= pingMilliseconds {
            lastPingMilliseconds = now.bootMilliseconds
            sendNow(ServerFrame.ping)
        }
    }

    private func leave() {
        subscription.place.leave()
        streams.remove(self)
    }
}
