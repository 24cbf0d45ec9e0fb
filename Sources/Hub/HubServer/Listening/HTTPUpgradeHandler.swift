import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// Makes a connection plain HTTP with its first request, or a WebSocket with any request for one. Node's own client,
/// for example, opens its WebSocket over a connection that it has used before.
///
/// NIO's own handler (`NIOTypedHTTPServerUpgradeHandler`) loses the request of a refused upgrade, so the client would
/// get no reason. It also fails with an `Upgrade` header on a request with a body.
final class HTTPUpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The handlers of HTTP/1.1 before this one, in the order of the pipeline.
    struct HTTPHandlers {
        let wireGate: WireGate
        let encoder: HTTPResponseEncoder
        let decoder: ByteToMessageHandler<HTTPRequestDecoder>
        let pipelining: HTTPServerPipelineHandler
        let requestGuard: RequestGuard
    }

    private enum State {
        case awaitingHead
        /// The request asks for a WebSocket; its head is kept until the decision. It has no body, so its end comes
        /// with it, and ``WireGate`` reads nothing behind it. `isHTTP` if the connection served requests before.
        case deciding(HTTPRequestHead, isComplete: Bool, isInputClosed: Bool, isHTTP: Bool)
        case http
        case webSocket
    }

    private let handlers: HTTPHandlers
    private let hub: HubChannel
    private let place: ConnectionPlace?
    private let selected: EventLoopPromise<HubConnection>
    private var state = State.awaitingHead

    /// `selected` gets the kind of the connection; it fails if the connection ends first. Without a `place` the
    /// connection only gets the answer that there is none.
    init(
        handlers: HTTPHandlers, hub: HubChannel, place: ConnectionPlace?, selected: EventLoopPromise<HubConnection>
    ) {
        self.handlers = handlers
        self.hub = hub
        self.place = place
        self.selected = selected
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch state {
        case .awaitingHead:
            if !decide(part, isHTTP: false, context) { becomeHTTP(context, parts: [part], isInputClosed: false) }
        case .http:
            // `HTTPServerPipelineHandler` ensures that earlier requests are answered.
            if !decide(part, isHTTP: true, context) { context.fireChannelRead(data) }
        case .deciding(let head, _, let isInputClosed, let isHTTP):
            if case .end = part {
                state = .deciding(head, isComplete: true, isInputClosed: isInputClosed, isHTTP: isHTTP)
            }
        case .webSocket: context.fireChannelRead(data)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (state, event) {
        case (.awaitingHead, ChannelEvent.inputClosed): context.close(promise: nil)
        case (.deciding(let head, let isComplete, _, let isHTTP), ChannelEvent.inputClosed):
            state = .deciding(head, isComplete: isComplete, isInputClosed: true, isHTTP: isHTTP)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // If the connection was selected already, this changes nothing.
        state = .webSocket
        selected.fail(ChannelError.alreadyClosed)
    }

    /// False if the part does not begin a request for a WebSocket.
    private func decide(_ part: HTTPServerRequestPart, isHTTP: Bool, _ context: ChannelHandlerContext) -> Bool {
        guard case .head(let head) = part, WebSocketHandshake.isWanted(by: head) else { return false }
        state = .deciding(head, isComplete: false, isInputClosed: false, isHTTP: isHTTP)
        // The decision may need the database, and NIO's handlers cannot wait.
        let peer = PeerAddress(context.remoteAddress)
        let decision = context.eventLoop.makeFutureWithTask { [hub, place] () async -> StreamSubscription? in
            guard place != nil else { return nil }
            return await hub.gate.subscription(head, peer: peer)
        }
        decision.assumeIsolated().whenComplete { result in
            guard case .deciding(_, let isComplete, let isInputClosed, _) = self.state else { return }
            if case .success(let subscription?) = result, isComplete, !isInputClosed {
                self.becomeWebSocket(context, head, subscription)
                return
            }
            let parts: [HTTPServerRequestPart] = isComplete ? [.head(head), .end(nil)] : [.head(head)]
            if isHTTP {
                self.remainHTTP(context, parts: parts, isInputClosed: isInputClosed)
            } else {
                self.becomeHTTP(context, parts: parts, isInputClosed: isInputClosed)
            }
        }
        return true
    }

    private func becomeHTTP(_ context: ChannelHandlerContext, parts: [HTTPServerRequestPart], isInputClosed: Bool) {
        do {
            try context.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: hub.isSecure))
            let channel = try HubConnection.HTTPChannel(
                wrappingChannelSynchronously: context.channel,
                configuration: .init(
                    // In parts of a request, each of one read. An ordinary request has three: head, body and end. With
                    // less room, each request would wake the event loop once more.
                    backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4), isOutboundHalfClosureEnabled: true))
            selected.succeed(.http(channel))
        } catch {
            fail(context, error)
            return
        }
        remainHTTP(context, parts: parts, isInputClosed: isInputClosed)
    }

    private func remainHTTP(_ context: ChannelHandlerContext, parts: [HTTPServerRequestPart], isInputClosed: Bool) {
        state = .http
        for part in parts { context.fireChannelRead(wrapInboundOut(part)) }
        context.fireChannelReadComplete()
        if isInputClosed { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
    }

    /// The decoder goes last: it passes on the bytes behind the request when it is removed. The handlers of HTTP stay
    /// behind the WebSocket, which passes them only the end of the connection.
    private func becomeWebSocket(
        _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ subscription: StreamSubscription
    ) {
        guard place?.openStream() == true else {
            handlers.requestGuard.refuse(
                HubHTTPError(.serviceUnavailable, "too many streams", fields: [.retryAfter: "30"]))
            return
        }
        state = .webSocket
        do {
            guard let streams = hub.fanout.streams(on: context.eventLoop) else {
                throw ChannelError.operationUnsupported
            }
            let pipeline = context.pipeline.syncOperations
            try context.channel.syncOptions?.setOption(
                .writeBufferWaterMark, value: .init(low: 1, high: WebSocketHandler.freeBytes))
            handlers.wireGate.open()
            pipeline.removeHandler(handlers.pipelining, promise: nil)
            pipeline.removeHandler(handlers.requestGuard, promise: nil)
            context.writeAndFlush(
                wrapOutboundOut(.head(WebSocketHandshake.acceptance(of: head))), promise: nil)
            pipeline.removeHandler(handlers.encoder, promise: nil)
            let responder = hub.gate.responder
            let socket = WebSocketHandler(
                subscription, streams: streams, limits: responder.limits, backlogs: hub.budgets.backlogs,
                logger: responder.logger)
            try pipeline.addHandler(socket, position: .after(self))
            try pipeline.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: responder.limits.messageBytes)),
                position: .after(self))
            responder.metrics.count { $0.answered(subscription.route, status: 101) }
            // Changes nothing on a connection that was HTTP before.
            selected.succeed(.webSocket(context.channel))
            pipeline.removeHandler(self, promise: nil)
            pipeline.removeHandler(handlers.decoder, promise: nil)
            pipeline.removeHandler(handlers.wireGate, promise: nil)
        } catch {
            fail(context, error)
        }
    }

    private func fail(_ context: ChannelHandlerContext, _ error: any Error) {
        selected.fail(error)
        context.close(promise: nil)
    }
}
