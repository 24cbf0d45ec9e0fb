import HTTPTypes
import HubStore

/// The queue of histories and statistics. A user has one turn at a time. The next turn goes to the waiting user whose
/// last turn is longest ago: one user's flood delays only that user.
actor HistoryQueue {
    private struct Waiting {
        let userID: Int64
        let turn: CheckedContinuation<Void, Never>
    }

    private let limits: HubLimits
    private var reading: Set<Int64> = []
    private var waiting: [Waiting] = []
    /// Requests of each token, waiting ones included.
    private var underWay: [TokenHash: Int] = [:]
    /// The last turn of each user in the queue, counted in turns.
    private var lastTurns: [Int64: Int] = [:]
    private var turns = 0

    init(limits: HubLimits) {
        self.limits = limits
    }

    /// Runs `body` in the caller's turn.
    /// - Throws: 429 if the token has too many requests here, 503 if too many wait, and the errors of `body`.
    func taking<Value: Sendable>(
        _ grant: AccessGrant, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await begin(grant)
        defer { end(grant) }
        return try await body()
    }

    /// The number of waiting requests.
    var waitingCount: Int { waiting.count }

    /// Whether the queue is empty and holds no memory.
    var isIdle: Bool { reading.isEmpty && waiting.isEmpty && underWay.isEmpty && lastTurns.isEmpty }

    private func begin(_ grant: AccessGrant) async throws(HubHTTPError) {
        let token = grant.token.hash
        guard underWay[token, default: 0] < limits.historiesPerToken else {
            throw HubHTTPError(
                .tooManyRequests, "at most \(limits.historiesPerToken) histories at once with one token",
                fields: [.retryAfter: "1"])
        }
        let userID = grant.user.id
        let isFree = reading.count < limits.concurrentHistories && !reading.contains(userID)
        guard isFree || limits.concurrentHistories > 0 && waiting.count < limits.waitingHistories else {
            throw HubHTTPError(
                .serviceUnavailable, "too many histories and statistics are wanted at once",
                fields: [.retryAfter: "1"])
        }
        underWay[token, default: 0] += 1
        if isFree {
            took(userID)
        } else {
            await withCheckedContinuation { waiting.append(Waiting(userID: userID, turn: $0)) }
        }
    }

    private func end(_ grant: AccessGrant) {
        reading.remove(grant.user.id)
        let count = underWay[grant.token.hash] ?? 0
        underWay[grant.token.hash] = count > 1 ? count - 1 : nil
        let next = waiting.indices.filter { !reading.contains(waiting[$0].userID) }
            .min { lastTurns[waiting[$0].userID, default: 0] < lastTurns[waiting[$1].userID, default: 0] }
        if let next {
            let next = waiting.remove(at: next)
            took(next.userID)
            next.turn.resume()
        }
        lastTurns = lastTurns.filter { userID, _ in
            reading.contains(userID) || waiting.contains { $0.userID == userID }
        }
    }

    private func took(_ userID: Int64) {
        reading.insert(userID)
        turns += 1
        lastTurns[userID] = turns
    }
}
