import Synchronization

/// Decoded signals for one consumer: the result of ``Bus/signals(matching:capacity:decode:)``.
///
/// The buffer is bounded. If the consumer is too slow, the oldest elements are dropped and counted in ``droppedCount``.
/// If the connection is lost, the stream delivers the buffered signals and throws ``BusError/Code/disconnected``. The
/// match rule is removed if the consumer ends, is cancelled, or releases the stream.
public struct SignalStream<Element: Sendable>: AsyncSequence, Sendable {
    /// Iterates over the signals.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncThrowingStream<Element, any Error>.AsyncIterator

        /// The next signal; nil at the end.
        public mutating func next() async throws -> Element? {
            try await base.next()
        }

        /// The next signal; nil at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? {
            try await base.next(isolation: actor)
        }
    }

    private let base: AsyncThrowingStream<Element, any Error>
    private let source: SignalSource<Element>

    init(capacity: Int) {
        let (base, continuation) = AsyncThrowingStream.makeStream(
            of: Element.self, throwing: (any Error).self, bufferingPolicy: .bufferingNewest(capacity))
        self.base = base
        source = SignalSource(continuation)
    }

    /// The number of elements that a slow consumer has lost so far.
    public var droppedCount: Int { source.droppedCount }

    /// The iterator of the one consumer.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator())
    }

    /// The end that the connection fills.
    var input: SignalSource<Element> { source }
}

/// The producing end of a ``SignalStream``.
final class SignalSource<Element: Sendable>: Sendable {
    private let continuation: AsyncThrowingStream<Element, any Error>.Continuation
    private let dropped = Atomic<Int>(0)

    fileprivate init(_ continuation: AsyncThrowingStream<Element, any Error>.Continuation) {
        self.continuation = continuation
    }

    var droppedCount: Int { dropped.load(ordering: .relaxed) }

    func yield(_ element: Element) {
        if case .dropped = continuation.yield(element) { dropped.add(1, ordering: .relaxed) }
    }

    func finish(throwing error: (any Error)?) {
        continuation.finish(throwing: error)
    }

    /// Sets an action that runs once, at the end of the stream or of its consumer.
    func onTermination(_ action: @escaping @Sendable () -> Void) {
        continuation.onTermination = { _ in action() }
    }
}
