import Synchronization

/// A number of bytes that all connections share, for what may be large on few of them but not on all.
final class ByteBudget: Sendable {
    private let left: Atomic<Int>

    init(_ bytes: Int) {
        left = Atomic(bytes)
    }

    /// False when there are not so many left; then nothing is taken.
    func take(_ bytes: Int) -> Bool {
        let before = left.subtract(bytes, ordering: .relaxed).oldValue
        guard before < bytes else { return true }
        give(bytes)
        return false
    }

    /// Gives back what was taken.
    func give(_ bytes: Int) {
        left.add(bytes, ordering: .relaxed)
    }
}

/// The budgets that all connections of a hub share.
struct ConnectionBudgets: Sendable {
    /// Bodies of requests beyond the free bytes of each.
    let bodies: ByteBudget
    /// Answers to callers beyond the free bytes of each.
    let answers: ByteBudget
    /// What waits for slow readers of streams.
    let backlogs: ByteBudget

    init(limits: HubLimits) {
        bodies = ByteBudget(limits.bodyBytesInFlight)
        answers = ByteBudget(limits.answerBytesInFlight)
        backlogs = ByteBudget(limits.streamBufferBytesOfAll)
    }
}
