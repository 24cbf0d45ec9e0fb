import HTTPTypes
import NIOCore
import NIOHTTP1

/// Stands between the HTTP codec and the part of the hub that answers, and keeps one connection within its limits:
/// - a request must be complete in time, from the first byte to the last (slow senders hold a connection otherwise);
/// - a request that cannot be parsed is answered, not just cut off;
/// - what a body, or an answer, takes beyond a free size is taken from a budget of all connections;
/// - the connection ends after an answer where the client asked for that, speaks HTTP/1.0, or has much still to send.
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
        /// Answered before the request was complete; what is still to come is thrown away by the part that reads it.
        case discarding
        /// The last answer was sent.
        case closing
    }

    /// After the last answer the client has this long to read it and to close, before the connection is cut. To close at
    /// once would, with bytes of the client still unread, reset the connection and take the answer with it.
    private static let lingerTime = TimeAmount.seconds(2)

    private let requestTime: TimeAmount
    private let freeBodyBytes: Int
    private let freeAnswerBytes: Int
    private let gate: WireGate
    private let budgets: ConnectionBudgets
    private let place: ConnectionPlace?
    private let metrics: HubMetrics
    private var context: ChannelHandlerContext?
    private var state = State.idle
    private var isKeptAlive = true
    private var isHeadRequest = false
    /// The client waits for leave to send its body, and has not got it.
    private var isLeaveAwaited = false
    private var isResponseStarted = false
    private var deadline: Scheduled<Void>?
    /// Parts of a body that came together.
    private var body: ByteBuffer?
    private var bodyBytes = 0
    private var takenForBody = 0
    private var takenForAnswer = 0

    /// `metrics` count what is refused here. Without a `place` the connection has none, and counts as a stranger's.
    init(
        limits: HubLimits, gate: WireGate, budgets: ConnectionBudgets, place: ConnectionPlace? = nil,
        metrics: HubMetrics = HubMetrics()
    ) {
        requestTime = .seconds(limits.requestSeconds)
        freeBodyBytes = limits.freeBodyBytes
        freeAnswerBytes = limits.freeAnswerBytes
        self.gate = gate
        self.budgets = budgets
        self.place = place
        self.metrics = metrics
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopDeadline()
        giveBack()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopDeadline()
        giveBack()
        context.fireChannelInactive()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .closing = state { return }
        switch unwrapInboundIn(data) {
        case .head(let head): if accept(head, context) { context.fireChannelRead(data) }
        case .body(let bytes): collect(bytes)
        case .end:
            passBodyOn(context)
            gate.requestEnded()
            switch state {
            case .receiving:
                state = .answering
                stopDeadline()
            case .discarding: becomeIdle(context)
            case .idle, .answering, .closing: break
            }
            context.fireChannelRead(data)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        passBodyOn(context)
        context.fireChannelReadComplete()
    }

    private func accept(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Bool {
        state = .receiving
        // NIO's decoder stops at a request to change the protocol; where that is refused, nothing can follow it.
        isKeptAlive = head.isKeepAlive && !head.headers.contains(name: "upgrade") && head.method != .CONNECT
        isHeadRequest = head.method == .HEAD
        isLeaveAwaited = head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
        let framing = BodyFraming(head)
        gate.headCame(bodyBytes: framing.bytes)
        if framing != .none, deadline == nil { startDeadline(context) }
        if let failure = failure(head, framing) {
            refuse(failure)
            return false
        }
        return true
    }

    private func failure(_ head: HTTPRequestHead, _ framing: BodyFraming) -> Failure? {
        // RFC 9112, 3.2.
        if head.version != .http1_0, head.headers[canonicalForm: "host"].count != 1 {
            return Failure(.badRequest, "a request has one Host header")
        }
        if framing == .endless { return Failure(.contentTooLarge, "the body is too large") }
        if framing != .none, WebSocketHandshake.isWanted(by: head) {
            return Failure(
                .upgradeRequired, "a WebSocket begins with a request without a body", fields: [.upgrade: "websocket"])
        }
        return nil
    }

    /// What comes together goes on together: the parts of a body that comes in small chunks would take more memory than it.
    private func collect(_ bytes: ByteBuffer) {
        gate.bodyCame(bytes.readableBytes)
        guard case .receiving = state else { return }
        bodyBytes += bytes.readableBytes
        let missing = bodyBytes - freeBodyBytes - takenForBody
        if missing > 0 {
            guard budgets.bodies.take(missing) else {
                refuse(Failure(.serviceUnavailable, "too many large bodies at once", fields: [.retryAfter: "5"]))
                return
            }
            takenForBody += missing
        }
        if body == nil { body = bytes } else { body?.writeImmutableBuffer(bytes) }
    }

    private func passBodyOn(_ context: ChannelHandlerContext) {
        guard let bytes = body else { return }
        body = nil
        context.fireChannelRead(wrapInboundOut(.body(bytes)))
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The part that answers may not have heard yet that the last answer was given here.
        if case .closing = state {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code >= 200: begin(head, context, promise)
        case .head:
            isLeaveAwaited = false
            context.write(data, promise: promise)
        case .end:
            isResponseStarted = false
            guard isKeptAlive else {
                context.write(data, promise: promise)
                linger(context)
                return
            }
            // Before it is written: with that comes the next request, where one has waited for this answer.
            switch state {
            case .receiving:
                state = .discarding
                giveBack()
            case .answering: becomeIdle(context)
            case .idle, .discarding, .closing: break
            }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        }
    }

    private func begin(_ head: HTTPResponseHead, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        var head = head
        let bytes = isHeadRequest ? 0 : head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        if bytes > freeAnswerBytes {
            // What strangers are sent is the same for all, and in memory once.
            if let place, !place.isStranger {
                guard budgets.answers.take(bytes) else {
                    promise?.fail(ChannelError.outputClosed)
                    refuse(Failure(.serviceUnavailable, "too many large answers at once", fields: [.retryAfter: "5"]))
                    return
                }
                takenForAnswer = bytes
            }
            // A client that does not read holds its connection no longer than one that does not send.
            startDeadline(context)
        }
        isResponseStarted = true
        if case .receiving = state { isKeptAlive = isKeptAlive && isRestShort }
        if !isKeptAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Whether little is to come of a request that is answered before its end.
    private var isRestShort: Bool {
        !isLeaveAwaited && gate.bodyBytesLeft.map { $0 <= WireGate.thrownAwayBytes } ?? false
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        if case .closing = state { return }
        switch gate.refusal {
        case .headTooLarge: refuse(Failure(.requestHeaderFieldsTooLarge, "the header is too large"))
        case .headTooSlow: refuse(Failure(.requestTimeout, "the request was not complete in time"))
        case .framingTooLarge: refuse(Failure(.contentTooLarge, "the chunks are larger than the body in them"))
        case nil where error == .headerOverflow:
            refuse(Failure(.requestHeaderFieldsTooLarge, "the header is too large"))
        case nil: refuse(Failure(.badRequest, "malformed HTTP: \(error)"))
        }
    }

    private func becomeIdle(_ context: ChannelHandlerContext) {
        state = .idle
        giveBack()
        startDeadline(context)
        gate.answered()
    }

    private func giveBack() {
        if takenForBody > 0 { budgets.bodies.give(takenForBody) }
        if takenForAnswer > 0 { budgets.answers.give(takenForAnswer) }
        takenForBody = 0
        takenForAnswer = 0
        bodyBytes = 0
        body = nil
    }

    private func stopDeadline() {
        deadline?.cancel()
        deadline = nil
    }

    private func startDeadline(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: requestTime) {
            self.timeIsOver(context)
        }
    }

    private func timeIsOver(_ context: ChannelHandlerContext) {
        deadline = nil
        switch state {
        case .idle, .discarding: context.close(promise: nil)
        case .receiving: refuse(Failure(.requestTimeout, "the request was not complete in time"))
        case .answering: if isResponseStarted { context.close(promise: nil) }
        case .closing: break
        }
    }

    /// Answers in the place of those behind, who then see the connection end. Where they have answered already, or have
    /// begun to, nothing more can be said.
    func refuse(_ failure: Failure) {
        guard let context else { return }
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
        for field in response.fields { head.headers.add(name: field.name.rawName, value: field.value) }
        head.headers.replaceOrAdd(name: "content-length", value: String(response.body.readableBytes))
        head.headers.replaceOrAdd(name: "cache-control", value: "no-store")
        head.headers.replaceOrAdd(name: "x-content-type-options", value: "nosniff")
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(response.body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    private func linger(_ context: ChannelHandlerContext) {
        state = .closing
        giveBack()
        gate.close()
        context.flush()
        context.close(mode: .output, promise: nil)
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) { context.channel.cut() }
    }
}

/// How a request says where its body ends.
private enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
    /// Longer than any number.
    case endless

    init(_ head: HTTPRequestHead) {
        if head.headers.contains(name: "transfer-encoding") {
            self = .chunked
        } else if let text = head.headers.first(name: "content-length") {
            // The decoder has seen that it is a number.
            self = Int(text).map { $0 == 0 ? .none : .length($0) } ?? .endless
        } else {
            self = .none
        }
    }

    /// Nil where only the end will tell.
    var bytes: Int? {
        switch self {
        case .none: 0
        case .length(let bytes): bytes
        case .chunked, .endless: nil
        }
    }
}
