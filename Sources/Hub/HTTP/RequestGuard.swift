import HTTPTypes
import NIOCore
import NIOHTTP1

/// Stands between the HTTP codec and whoever answers requests, and keeps one connection within its limits:
/// - a request must be complete in time, from the first byte to the last (slow senders hold a connection otherwise);
/// - a request that cannot be parsed is answered, not just cut off;
/// - the connection ends after an answer where the client asked for that, or speaks HTTP/1.0.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// No request is under way.
        case idle
        /// A head has come, the end has not.
        case receiving
        /// The request is complete and waits for its answer.
        case answering
        /// Answered before the request was complete; what is still to come is thrown away by whoever reads it.
        case discarding
        /// The last answer was sent.
        case closing
    }

    /// After the last answer the client has this long to read it and to close, before the connection is cut. To close at
    /// once would, with bytes of the client still unread, reset the connection and take the answer with it.
    private static let lingerTime = TimeAmount.seconds(2)

    private let requestTime: TimeAmount
    private let metrics: HubMetrics
    private var state = State.idle
    private var isKeptAlive = true
    private var isResponseStarted = false
    private var deadline: Scheduled<Void>?

    /// `metrics` are told of what is refused here.
    init(limits: HubLimits, metrics: HubMetrics = HubMetrics()) {
        self.metrics = metrics
        requestTime = .seconds(limits.requestSeconds)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        startDeadline(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closing = state { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            state = .receiving
            // NIO's decoder stops at a request to change the protocol; where that is refused, nothing can follow it.
            isKeptAlive = head.isKeepAlive && !head.headers.contains(name: "upgrade") && head.method != .CONNECT
            // RFC 9112, 3.2.
            if head.version != .http1_0, head.headers[canonicalForm: "host"].count != 1 {
                refuse(context, Failure(.badRequest, "a request has one Host header"))
                return
            }
        case .body: break
        case .end:
            switch state {
            case .receiving:
                state = .answering
                deadline?.cancel()
            case .discarding: becomeIdle(context)
            case .idle, .answering, .closing: break
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Whoever answers may not have heard yet that the last answer was given here.
        if case .closing = state {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            isResponseStarted = true
            if !isKeptAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            isResponseStarted = false
            context.write(data, promise: promise)
            switch state {
            case _ where !isKeptAlive: linger(context)
            case .receiving: state = .discarding
            case .answering: becomeIdle(context)
            case .idle, .discarding, .closing: break
            }
        default: context.write(data, promise: promise)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        if case .closing = state { return }
        let isTooLarge = error == .headerOverflow
        refuse(
            context,
            isTooLarge
                ? Failure(.requestHeaderFieldsTooLarge, "the header is too large")
                : Failure(.badRequest, "malformed HTTP: \(error)"))
    }

    private func becomeIdle(_ context: ChannelHandlerContext) {
        state = .idle
        startDeadline(context)
    }

    private func startDeadline(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: requestTime) { self.timeIsOver(context) }
    }

    private func timeIsOver(_ context: ChannelHandlerContext) {
        switch state {
        case .idle, .discarding: context.close(promise: nil)
        case .receiving: refuse(context, Failure(.requestTimeout, "the request was not complete in time"))
        case .answering, .closing: break
        }
    }

    /// Answers in the place of those behind, who then see the connection end. Where they have answered already, or have
    /// begun to, nothing more can be said.
    private func refuse(_ context: ChannelHandlerContext, _ failure: Failure) {
        var isAnswered = isResponseStarted
        if case .discarding = state { isAnswered = true }
        if isAnswered {
            state = .closing
            context.close(promise: nil)
            return
        }
        metrics.count { $0.answered(Route.other, status: failure.status.code) }
        let response = failure.response(inWordsOfCardiogram: false)
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: response.status.code))
        head.headers.add(name: "content-type", value: HubResponse.jsonContentType)
        head.headers.add(name: "content-length", value: String(response.body.readableBytes))
        head.headers.add(name: "cache-control", value: "no-store")
        head.headers.add(name: "x-content-type-options", value: "nosniff")
        head.headers.add(name: "connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(response.body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    private func linger(_ context: ChannelHandlerContext) {
        state = .closing
        deadline?.cancel()
        context.flush()
        context.close(mode: .output, promise: nil)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) { context.close(promise: nil) }
    }
}
