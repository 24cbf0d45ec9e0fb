/// Passes bluetoothd's questions from the bus to the loop, which asks the user, one at a time.
actor PairingPrompt {
    struct Question: Sendable {
        var number: Int
        var question: AgentQuestion
    }

    /// The questions for the loop.
    nonisolated let questions: AsyncStream<Question>
    private let continuation: AsyncStream<Question>.Continuation
    private var lastNumber = 0
    private var waiter: CheckedContinuation<String?, Never>?
    private var isClosed = false

    init() {
        (questions, continuation) = AsyncStream.makeStream()
    }

    /// The answer of the user. Nil without one, or if the question was cancelled.
    func ask(_ question: AgentQuestion) async -> String? {
        guard !isClosed else { return nil }
        cancel()
        lastNumber += 1
        continuation.yield(Question(number: lastNumber, question: question))
        return await withCheckedContinuation { waiter = $0 }
    }

    /// Answers the question. A late answer to a cancelled question is dropped.
    func answer(_ number: Int, _ text: String?) {
        guard number == lastNumber else { return }
        waiter.take()?.resume(returning: text)
    }

    /// Cancels the question.
    func cancel() {
        waiter.take()?.resume(returning: nil)
    }

    /// Ends all questions.
    func close() {
        isClosed = true
        cancel()
        continuation.finish()
    }
}
