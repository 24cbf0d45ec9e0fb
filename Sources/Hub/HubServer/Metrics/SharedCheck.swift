/// One check at a time, however many ask: those who ask while one runs get its result.
actor SharedCheck {
    private var waiting: [CheckedContinuation<Void, any Error>] = []
    private var isRunning = false

    /// - Throws: what `check` throws, for all who have waited for it.
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
