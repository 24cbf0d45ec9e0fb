/// Work that waits for a disk, on a thread of its own.
package final class BlockingWork: Sendable {
    private let thread: EventThread

    package init(name: String) {
        thread = EventThread(name: name)
    }

    deinit {
        thread.stop()
    }

    /// Returns when it is done, or at once when the task is cancelled.
    package func perform(_ work: @escaping @Sendable () throws -> Void) async throws {
        let (answer, answered) = AsyncThrowingStream.makeStream(of: Never.self, throwing: (any Error).self)
        thread.perform {
            do {
                try work()
                answered.finish()
            } catch {
                answered.finish(throwing: error)
            }
        }
        for try await _ in answer {}
        try Task.checkCancellation()
    }
}
