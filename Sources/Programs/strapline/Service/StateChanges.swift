/// That something changed, for one who looks at what is when it comes to it: changes meanwhile are one.
struct StateChanges: Sendable {
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func note() { continuation.yield() }
}
