import HTTPTypes
import NIOCore
import NIOHTTP1

/// The handler between the HTTP codec and the responder. It enforces the limits of one connection:
/// - a request must be complete in time, from the first byte to the last, so that slow senders hold no connection;
/// - a request that cannot be parsed gets an answer;
/// - the memory of a body or an answer beyond a free size comes from a budget of all connections;
/// - the connection ends after an answer if the client asked for that, speaks HTTP/1.0, or has much left to send.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// There is no request.
        case idle
        /// The head has arrived, the end has not.
        case receiving
        /// The request is complete and waits for its answer.
        case answering
        /// Answered before the request was complete. The responder discards the rest.
        case discarding
        /// The last answer was sent.
        case closing
    }

    /// Time for the client to read the last answer and to close. An immediate close, with unread bytes of the client,
    /// would reset the connection and lose the answer.
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
    /// The client waits for `100 Continue` and has not got it.
    private var isLeaveAwaited = false
    private var isResponseStarted = false
    /// When the client is out of time; nil while it need not hurry. It moves with every request, and ``timer`` follows
    /// only when it fires: no timer is made and cancelled for each request.
    private var deadline: NIODeadline?
    private var timer: Scheduled<Void>?
    /// Parts of a body that arrived together.
    private var body: ByteBuffer?
    private var bodyBytes = 0
    private var takenForBody = 0
    private var takenForAnswer = 0

    /// `metrics` count the refusals of this handler. Without a `place` the connection counts as a stranger's.
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
        stopTimer()
        giveBack()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimer()
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
        // NIO's decoder stops at a request to upgrade. If that is refused, nothing can follow it.
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

    private func failure(_ head: HTTPRequestHead, _ framing: BodyFraming) -> HubHTTPError? {
        // RFC 9112, 3.2.
        if head.version != .http1_0, head.headers[canonicalForm: "host"].count != 1 {
            return HubHTTPError(.badRequest, "a request has one Host header")
        }
        if framing == .endless { return HubHTTPError(.contentTooLarge, "the body is too large") }
        if framing != .none, WebSocketHandshake.isWanted(by: head) {
            return HubHTTPError(
                .upgradeRequired, "a WebSocket begins with a request without a body", fields: [.upgrade: "websocket"])
        }
        return nil
    }

    /// Parts that arrive together go on together: many small chunks would use more memory than the body.
    private func collect(_ bytes: ByteBuffer) {
        gate.bodyCame(bytes.readableBytes)
        guard case .receiving = state else { return }
        bodyBytes += bytes.readableBytes
        let missing = bodyBytes - freeBodyBytes - takenForBody
        if missing > 0 {
            guard budgets.bodies.take(missing) else {
                refuse(HubHTTPError(.serviceUnavailable, "too many large bodies at once", fields: [.retryAfter: "5"]))
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
        // The responder may not know yet that this handler gave the last answer.
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
            // Before the write, because the write may bring the next request.
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
            // Answers to strangers are all alike, and in memory once.
            if let place, !place.isStranger {
                guard budgets.answers.take(bytes) else {
                    promise?.fail(ChannelError.outputClosed)
                    refuse(
                        HubHTTPError(.serviceUnavailable, "too many large answers at once", fields: [.retryAfter: "5"]))
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

    /// Whether the rest of a request that is answered early is short.
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
        case .headTooLarge: refuse(HubHTTPError(.requestHeaderFieldsTooLarge, "the header is too large"))
        case .headTooSlow: refuse(HubHTTPError(.requestTimeout, "the request was not complete in time"))
        case .framingTooLarge: refuse(HubHTTPError(.contentTooLarge, "the chunks are larger than the body in them"))
        case nil where error == .headerOverflow:
            refuse(HubHTTPError(.requestHeaderFieldsTooLarge, "the header is too large"))
        case nil: refuse(HubHTTPError(.badRequest, "malformed HTTP: \(error)"))
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
        deadline = nil
    }

    private func startDeadline(_ context: ChannelHandlerContext) {
        let end = context.eventLoop.now + requestTime
        deadline = end
        if timer == nil { startTimer(context, until: end) }
    }

    private func startTimer(_ context: ChannelHandlerContext, until end: NIODeadline) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: end) { self.timerFired(context) }
    }

    private func stopTimer() {
        stopDeadline()
        timer?.cancel()
        timer = nil
    }

    private func timerFired(_ context: ChannelHandlerContext) {
        timer = nil
        guard let deadline else { return }
        if deadline > context.eventLoop.now {
            startTimer(context, until: deadline)
        } else {
            self.deadline = nil
            timeIsOver(context)
        }
    }

    private func timeIsOver(_ context: ChannelHandlerContext) {
        switch state {
        case .idle, .discarding: context.close(promise: nil)
        case .receiving: refuse(HubHTTPError(.requestTimeout, "the request was not complete in time"))
        case .answering: if isResponseStarted { context.close(promise: nil) }
        case .closing: break
        }
    }

    /// Answers instead of the responder, which then sees the connection end. If the responder has begun to answer,
    /// the connection ends without another answer.
    func refuse(_ failure: HubHTTPError) {
        guard let context else { return }
        var isAnswered = isResponseStarted
        if case .discarding = state { isAnswered = true }
        if isAnswered {
            state = .closing
            context.close(promise: nil)
            return
        }
        metrics.count { $0.answered(HubCounts.otherRoute, status: failure.status.code) }
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
        stopTimer()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) { context.channel.cut() }
    }
}

/// How a request marks the end of its body.
private enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
    /// A length that does not fit a number.
    case endless

    init(_ head: HTTPRequestHead) {
        if head.headers.contains(name: "transfer-encoding") {
            self = .chunked
        } else if let text = head.headers.first(name: "content-length") {
            // The decoder has checked that it is a number.
            self = Int(text).map { $0 == 0 ? .none : .length($0) } ?? .endless
        } else {
            self = .none
        }
    }

    /// Nil if only the end of the body shows it.
    var bytes: Int? {
        switch self {
        case .none: 0
        case .length(let bytes): bytes
        case .chunked, .endless: nil
        }
    }
}
