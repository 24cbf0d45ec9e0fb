import NIOCore
import NIOPosix

/// The readers and writers of one server, or of several that share a room, all on one event loop of their own: a thread
/// that nothing else uses.
final class LoadGenerator {
    /// Connections that are made at the same time.
    private static let connectionsAtOnce = 100
    private static let epoch = ContinuousClock.now
    /// More writes than any server accepts in a millisecond: no generator has the numbers of one before it.
    private static let writesPerMillisecond: Int64 = 50

    private struct Round {
        let start: ContinuousClock.Instant
        var deliveries: Int
        var answers: Int
        let done: EventLoopPromise<Void>
    }

    private let servers: [BroadcastServer]
    private let loop: any EventLoop
    /// Readers that were asked for: each takes the next server.
    private var readersAsked = 0
    private var readers: [any Channel] = []
    private var writers: [(channel: any Channel, handler: WriterHandler)] = []
    private var round: Round?
    private var number = Int64((ContinuousClock.now - epoch) / .milliseconds(1)) * writesPerMillisecond
    private(set) var latencies: [Duration] = []
    /// Whether a writer that was answered writes again at once.
    private var isWritingOn = false
    private var answers = 0
    private var failure: BenchError?
    private var isClosing = false

    private init(servers: [BroadcastServer], loop: any EventLoop) {
        self.servers = servers
        self.loop = loop
    }

    /// Runs `body` with readers and writers that are connected, and lets them go.
    static func running<Result: Sendable>(
        _ servers: BroadcastServer..., readers: Int, writers: Int,
        _ body: @Sendable (LoadControl) async throws -> Result
    ) async throws -> Result {
        try await running(all: servers, readers: readers, writers: writers, body)
    }

    /// The connections take turns with the servers.
    static func running<Result: Sendable>(
        all servers: [BroadcastServer], readers: Int, writers: Int,
        _ body: @Sendable (LoadControl) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let control = LoadControl(
            generator: try await loop.submit {
                NIOLoopBound(LoadGenerator(servers: servers, loop: loop), eventLoop: loop)
            }
            .get(),
            loop: loop)
        do {
            try await control.connect(readers: readers, writers: writers, atOnce: Self.connectionsAtOnce)
            let result = try await body(control)
            try await control.close()
            try await group.shutdownGracefully()
            return result
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Whether somebody listens there.
    static func accepts(port: Int) async -> Bool {
        let connection = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        try? await connection?.close()
        return connection != nil
    }

    // MARK: On the event loop

    func addReader() -> EventLoopFuture<Void> {
        let opened = loop.makePromise(of: Void.self)
        let server = servers[readersAsked % servers.count]
        readersAsked += 1
        let handler = StreamReaderHandler(
            path: server.readPath, opened: opened, delivered: { [self] in delivered() },
            ended: { [self] in fail(BenchError("the server has dropped a reader")) })
        connect(handler, server) { [self] in readers.append($0) }.cascadeFailure(to: opened)
        return opened.futureResult
    }

    func addWriter() -> EventLoopFuture<Void> {
        let index = writers.count
        let server = servers[index % servers.count]
        let handler = WriterHandler(server.writers[index % server.writers.count]) { [self] in answered(index, $0) }
        return connect(handler, server) { [self] in writers.append(($0, handler)) }
    }

    /// So many writers write once; the future is done when all were answered and every reader has every message.
    func write(_ count: Int) -> EventLoopFuture<Void> {
        let done = loop.makePromise(of: Void.self)
        if let failure {
            done.fail(failure)
            return done.futureResult
        }
        round = Round(start: .now, deliveries: count * readers.count, answers: count, done: done)
        for writer in writers.prefix(count) { writer.handler.post(nextBody()) }
        return done.futureResult
    }

    /// All writers write, each again when it was answered, until ``endWriting()``.
    func beginWriting() {
        answers = 0
        isWritingOn = true
        for writer in writers { writer.handler.post(nextBody()) }
    }

    /// Answers until now. Those under way are awaited and count no more.
    func endWriting() throws -> (answers: Int, last: EventLoopFuture<Void>) {
        if let failure { throw failure }
        isWritingOn = false
        let done = loop.makePromise(of: Void.self)
        round = Round(start: .now, deliveries: 0, answers: writers.count, done: done)
        return (answers, done.futureResult)
    }

    func forgetLatencies() {
        latencies.removeAll(keepingCapacity: true)
    }

    func close() -> EventLoopFuture<Void> {
        isClosing = true
        let channels = readers + writers.map(\.channel)
        return EventLoopFuture.andAllComplete(channels.map { $0.close() }, on: loop)
    }

    private func connect(
        _ handler: some ChannelInboundHandler, _ server: BroadcastServer, _ keep: @escaping (any Channel) -> Void
    ) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(handler, eventLoop: loop)
        let bootstrap = ClientBootstrap(group: loop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2048))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
            }
        return bootstrap.connect(host: "127.0.0.1", port: server.port).assumeIsolated().map(keep).nonisolated()
    }

    private func nextBody() -> String {
        number += 1
        return servers[0].body(number)
    }

    private func delivered() {
        guard round != nil, let start = round?.start else { return }
        latencies.append(.now - start)
        round?.deliveries -= 1
        endRoundWhenDone()
    }

    private func answered(_ writer: Int, _ error: BenchError?) {
        if let error { return fail(error) }
        answers += 1
        if isWritingOn {
            writers[writer].handler.post(nextBody())
        } else {
            round?.answers -= 1
            endRoundWhenDone()
        }
    }

    private func endRoundWhenDone() {
        guard let round, round.answers == 0, round.deliveries == 0 else { return }
        self.round = nil
        round.done.succeed()
    }

    private func fail(_ error: BenchError) {
        guard !isClosing, failure == nil else { return }
        failure = error
        round?.done.fail(error)
        round = nil
    }
}
