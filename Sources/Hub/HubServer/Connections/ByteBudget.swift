import Synchronization

/// A memory budget of all connections together: a few of them may be large, but not all.
final class ByteBudget: Sendable {
    private let left: Atomic<Int>

    init(_ bytes: Int) {
        left = Atomic(bytes)
    }

    /// False if there are not enough bytes left; then nothing is taken.
    func take(_ bytes: Int) -> Bool {
        let before = left.subtract(bytes, ordering: .relaxed).oldValue
        guard before < bytes else { return true }
        give(bytes)
        return false
    }

    /// Returns bytes to the budget.
    func give(_ bytes: Int) {
        left.add(bytes, ordering: .relaxed)
    }
}

/// The budgets of a hub's connections.
struct ConnectionBudgets: Sendable {
    /// Bodies of requests beyond the free bytes of each.
    let bodies: ByteBudget
    /// Answers to callers beyond the free bytes of each.
    let answers: ByteBudget
    /// Backlogs of slow readers of streams.
    let backlogs: ByteBudget

    init(limits: HubLimits) {
        bodies = ByteBudget(limits.bodyBytesInFlight)
        answers = ByteBudget(limits.answerBytesInFlight)
        backlogs = ByteBudget(limits.streamBufferBytesOfAll)
    }
}
