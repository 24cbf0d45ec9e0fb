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

    let subscription: Subscription
    /// What a reader of a room has been told so far.
    var roomReader: RoomReader
    private let streams: LoopStreams
    private let limits: HubLimits
    private let logger: Logger
    private var receiver: WebSocketReceiver
    private var context: ChannelHandlerContext?
    private var isClosing = false
    private var isFlushDue = false
    private(set) var lastHeardMilliseconds: Int64 = 0
    private var lastPingMilliseconds: Int64 = 0

    init(_ subscription: Subscription, streams: LoopStreams, limits: HubLimits, logger: Logger) {
        self.subscription = subscription
        self.streams = streams
        self.limits = limits
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

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
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
            close(.messageTooLarge, reason: "at most \(limits.messageBytes) bytes")
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
        guard context.channel.isWritable else {
            logger.info(
                "dropped a reader that is too slow", metadata: ["user": "\(subscription.userID)", "subject": "readers"])
            streams.dropped(.tooSlow)
            isClosing = true
            leave()
            context.close(promise: nil)
            return
        }
        context.write(wrapOutboundOut(frame), promise: nil)
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
        if now.bootMilliseconds - lastHeardMilliseconds >= limits.silenceSeconds * 1000 {
            logger.info(
                "dropped a reader that does not answer",
                metadata: ["user": "\(subscription.userID)", "subject": "readers"])
            streams.dropped(.silent)
            isClosing = true
            leave()
            context?.close(promise: nil)
        } else if now.bootMilliseconds - max(lastHeardMilliseconds, lastPingMilliseconds) >= limits.pingSeconds * 1000 {
            lastPingMilliseconds = now.bootMilliseconds
            sendNow(ServerFrame.ping)
        }
    }

    private func leave() {
        subscription.place?.leave()
        streams.remove(self)
    }
}
