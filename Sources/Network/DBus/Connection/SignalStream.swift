import Synchronization

/// Received signals, decoded, for one consumer.
///
/// The buffer is bounded: when the consumer falls behind, the oldest elements are dropped and counted in
/// ``droppedCount``. Ends by throwing ``BusError/Code/disconnected`` when the connection is lost; signals received before
/// are still delivered. The match rule is taken back when the consumer ends, is cancelled, or lets the stream go.
public struct SignalStream<Element: Sendable>: AsyncSequence, Sendable {
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncThrowingStream<Element, any Error>.AsyncIterator

        public mutating func next() async throws -> Element? {
            try await base.next()
        }

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

    /// How many elements have been lost so far because the consumer was too slow.
    public var droppedCount: Int { source.droppedCount }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator())
    }

    /// The end that the bus feeds.
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

    /// Called once, when the consumer has gone or the stream is finished.
    func onTermination(_ action: @escaping @Sendable () -> Void) {
        continuation.onTermination = { _ in action() }
    }
}
