/// A port that is known after the server listens.
actor BoundPort {
    private enum State {
        case unknown(waiting: [CheckedContinuation<Int, any Error>])
        case known(Result<Int, any Error>)
    }

    private var state = State.unknown(waiting: [])

    func value() async throws -> Int {
        switch state {
        case .known(let result): return try result.get()
        case .unknown(let waiting):
            return try await withCheckedThrowingContinuation { state = .unknown(waiting: waiting + [$0]) }
        }
    }

    func listening(at port: Int) {
        settle(.success(port))
    }

    /// Ignored after the port is known.
    func failed(_ error: any Error) {
        settle(.failure(error))
    }

    private func settle(_ result: Result<Int, any Error>) {
        guard case .unknown(let waiting) = state else { return }
        state = .known(result)
        for continuation in waiting { continuation.resume(with: result) }
    }
}
