/// One check at a time: callers during a check get its result.
actor SharedCheck {
    private var waiting: [CheckedContinuation<Void, any Error>] = []
    private var isRunning = false

    /// - Throws: the error of `check`, to all callers that waited for it.
    func run(_ check: @Sendable () async throws -> Void) async throws {
        guard !isRunning else {
            try await withCheckedThrowingContinuation { waiting.append($0) }
            return
        }
        isRunning = true
        let result: Result<Void, any Error>
        do {
            result = .success(try await check())
        } catch {
            result = .failure(error)
        }
        isRunning = false
        for other in waiting { other.resume(with: result) }
        waiting = []
        try result.get()
    }
}
