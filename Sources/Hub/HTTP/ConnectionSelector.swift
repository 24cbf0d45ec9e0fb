import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// Looks at the first request of a connection, makes the connection a WebSocket or plain HTTP, and leaves.
///
/// NIO has a handler for this (`NIOTypedHTTPServerUpgradeHandler`); it loses the request when an upgrade is refused, so
/// that nobody could be told why, and does not get over an `Upgrade` header on a request with a body.
final class ConnectionSelector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The handlers of HTTP/1.1 that stand before this one, in the order of the pipeline.
    struct HTTPHandlers {
        let encoder: HTTPResponseEncoder
        let decoder: ByteToMessageHandler<HTTPRequestDecoder>
        let pipelining: HTTPServerPipelineHandler
        let requestGuard: RequestGuard
    }

    private enum State {
        case awaitingHead
        /// The request wants to be a WebSocket; it is kept until that is decided.
        case deciding(parts: [HTTPServerRequestPart], isInputClosed: Bool)
        case decided
    }

    private let handlers: HTTPHandlers
    private let gate: StreamGate
    private let fanout: StreamFanout
    private let isSecure: Bool
    private let selected: EventLoopPromise<HubConnection>
    private var state = State.awaitingHead

    /// `selected` is told what the connection is; it fails when the connection ends before.
    init(
        handlers: HTTPHandlers, gate: StreamGate, fanout: StreamFanout, isSecure: Bool,
        selected: EventLoopPromise<HubConnection>
    ) {
        self.isSecure = isSecure
        self.handlers = handlers
        self.gate = gate
        self.fanout = fanout
        self.selected = selected
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch state {
        case .awaitingHead:
            guard case .head(let head) = part, WebSocketHandshake.isWanted(by: head) else {
                becomeHTTP(context, parts: [part], isInputClosed: false)
                return
            }
            state = .deciding(parts: [part], isInputClosed: false)
            decide(head, context)
        case .deciding(let parts, let isInputClosed):
            state = .deciding(parts: parts + [part], isInputClosed: isInputClosed)
        case .decided: context.fireChannelRead(data)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (state, event) {
        case (.awaitingHead, ChannelEvent.inputClosed): context.close(promise: nil)
        case (.deciding(let parts, _), ChannelEvent.inputClosed): state = .deciding(parts: parts, isInputClosed: true)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // Where the connection was selected, this comes too late and changes nothing.
        if case .decided = state { return }
        state = .decided
        selected.fail(ChannelError.alreadyClosed)
    }

    private func decide(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        // The right to a stream may have to be looked up in the database, and NIO's handlers cannot wait.
        let decision = context.eventLoop.makeFutureWithTask { [gate] in await gate.subscription(head) }
        decision.assumeIsolated().whenComplete { result in
            guard case .deciding(let parts, let isInputClosed) = self.state else { return }
            if case .success(let subscription?) = result, case .end? = parts.last, parts.count == 2, !isInputClosed {
                self.becomeWebSocket(context, head, subscription)
            } else {
                self.becomeHTTP(context, parts: parts, isInputClosed: isInputClosed)
            }
        }
    }

    private func becomeHTTP(_ context: ChannelHandlerContext, parts: [HTTPServerRequestPart], isInputClosed: Bool) {
        state = .decided
        do {
            try context.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
            let channel = try HubConnection.HTTPChannel(
                wrappingChannelSynchronously: context.channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            selected.succeed(.http(channel))
        } catch {
            fail(context, error)
            return
        }
        for part in parts { context.fireChannelRead(wrapInboundOut(part)) }
        context.fireChannelReadComplete()
        if isInputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// The decoder goes last: it holds what the client has sent after its request, and passes it on when it is removed.
    private func becomeWebSocket(
        _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ subscription: Subscription
    ) {
        state = .decided
        do {
            guard let streams = fanout.streams(on: context.eventLoop) else { throw ChannelError.operationUnsupported }
            let pipeline = context.pipeline.syncOperations
            pipeline.removeHandler(handlers.pipelining, promise: nil)
            pipeline.removeHandler(handlers.requestGuard, promise: nil)
            context.writeAndFlush(
                wrapOutboundOut(.head(WebSocketHandshake.acceptance(of: head))), promise: nil)
            pipeline.removeHandler(handlers.encoder, promise: nil)
            let responder = gate.responder
            try pipeline.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: responder.limits.messageBytes)))
            try pipeline.addHandler(
                WebSocketHandler(subscription, streams: streams, limits: responder.limits, logger: responder.logger))
            responder.metrics.count { $0.answered(subscription.route, status: 101) }
            selected.succeed(.webSocket(context.channel))
            pipeline.removeHandler(self, promise: nil)
            pipeline.removeHandler(handlers.decoder, promise: nil)
        } catch {
            fail(context, error)
        }
    }

    private func fail(_ context: ChannelHandlerContext, _ error: any Error) {
        selected.fail(error)
        context.close(promise: nil)
    }
}
