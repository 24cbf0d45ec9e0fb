import NIOCore

/// The pacing of TLS handshakes, on each event loop for itself.
///
/// A handshake costs as much as many requests. Without pacing, strangers that connect all at once would delay every
/// request on their event loop until the last handshake is done.
struct HandshakePacing: Sendable {
    private struct Lane: Sendable {
        let loop: any EventLoop
        let queue: NIOLoopBoundBox<HandshakeQueue>
    }

    private let lanes: [Lane]

    init(group: any EventLoopGroup) {
        lanes = group.makeIterator().map { loop in
            Lane(loop: loop, queue: .makeBoxSendingValue(HandshakeQueue(), eventLoop: loop))
        }
    }

    /// The queue of a channel's event loop. Call it on that loop.
    func queue(on loop: any EventLoop) -> HandshakeQueue? {
        lanes.first { $0.loop === loop }?.queue.value
    }
}

/// The connections of one event loop whose handshakes have not begun.
final class HandshakeQueue {
    /// How many handshakes begin in each ``turn``: about a tenth of a processor each on a small computer.
    static let handshakesPerTurn = 2
    static let turn = TimeAmount.milliseconds(1)

    private var waiting = CircularBuffer<HandshakeGate>()
    private var left = handshakesPerTurn
    private var isTurnScheduled = false

    /// Whether a handshake may begin now. If not, the gate is opened later.
    func begins(_ gate: HandshakeGate, on loop: any EventLoop) -> Bool {
        scheduleTurn(on: loop)
        guard left > 0 else {
            waiting.append(gate)
            return false
        }
        left -= 1
        return true
    }

    private func scheduleTurn(on loop: any EventLoop) {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        loop.assumeIsolated().scheduleTask(in: Self.turn) { self.takeTurn(on: loop) }
    }

    private func takeTurn(on loop: any EventLoop) {
        isTurnScheduled = false
        left = Self.handshakesPerTurn
        while left > 0, let gate = waiting.popFirst() {
            if gate.open() { left -= 1 }
        }
        if left < Self.handshakesPerTurn { scheduleTurn(on: loop) }
    }
}

/// Holds the first bytes of a TLS connection until its handshake may begin. Then it leaves the pipeline.
final class HandshakeGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let queue: HandshakeQueue
    private var context: ChannelHandlerContext?
    private var held: ByteBuffer?
    private var isReadHeld = false

    init(_ queue: HandshakeQueue) {
        self.queue = queue
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        held = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if held != nil {
            held?.writeBuffer(&bytes)
            return
        }
        held = bytes
        if queue.begins(self, on: context.eventLoop) { open() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if held == nil { context.fireChannelReadComplete() }
    }

    /// Nothing more is read before the turn.
    func read(context: ChannelHandlerContext) {
        if held == nil { context.read() } else { isReadHeld = true }
    }

    func channelInactive(context: ChannelHandlerContext) {
        held = nil
        context.fireChannelInactive()
    }

    /// Begins the handshake. False if the connection has ended.
    @discardableResult
    func open() -> Bool {
        guard let context, let bytes = held else { return false }
        held = nil
        context.fireChannelRead(wrapInboundOut(bytes))
        context.fireChannelReadComplete()
        if isReadHeld { context.read() }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        return true
    }
}
