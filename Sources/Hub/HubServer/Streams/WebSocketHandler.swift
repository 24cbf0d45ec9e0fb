import HubStore
import Logging
import NIOCore
import NIOWebSocket
import Timing

/// One reader's WebSocket, at the end of its channel's pipeline. Lives on the channel's event loop, like the
/// ``LoopStreams`` that feed it.
final class WebSocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    /// A reader who does not answer a close frame is cut off after this.
    private static let closeTimeout = TimeAmount.seconds(2)
    /// What may wait for each reader beside the kernel's own buffers, without being counted.
    static let freeBytes = 2 << 10

    let subscription: Subscription
    /// What a reader of a room has been told so far.
    var roomReader: RoomReader
    private let streams: LoopStreams
    // Of the limits those that are needed: there is one of this for each reader.
    private let messageBytes: Int
    private let streamBufferBytes: Int
    private let pingMilliseconds: Int64
    private let silenceMilliseconds: Int64
    private let backlogs: ByteBudget
    private let logger: Logger
    private var receiver: WebSocketReceiver
    private var context: ChannelHandlerContext?
    private var isClosing = false
    /// More than ``freeBytes`` wait, which the budget of all readers has lent.
    private var isBehind = false
    private var isFlushDue = false
    private(set) var lastHeardMilliseconds: Int64 = 0
    private var lastPingMilliseconds: Int64 = 0

    init(
        _ subscription: Subscription, streams: LoopStreams, limits: HubLimits, backlogs: ByteBudget, logger: Logger
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
            roomReader = RoomReader(kinds: kinds)
        } else {
            roomReader = RoomReader(kinds: [])
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

    /// Sends a frame after all that were sent before. It leaves with the next ``flush()``, which ``LoopStreams`` sees to
    /// once for all frames of an event. A reader who lets more than ``HubLimits/streamBufferBytes`` pile up is dropped.
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

    /// Whether one more frame may wait for a reader that has not taken those before.
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

    /// Says goodbye with a reason and ends the connection when the other side has answered, or not, for a while.
    func close(_ code: WebSocketErrorCode, reason: String) {
        guard let context, !isClosing else { return }
        isClosing = true
        leave()
        context.writeAndFlush(wrapOutboundOut(ServerFrame.close(code, reason: reason)), promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.closeTimeout) { channel.close(promise: nil) }
    }

    /// Pings a silent reader, and drops one that stays silent.
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
        subscription.place?.leave()
        streams.remove(self)
    }
}
