import Synchronization

/// A lane that asks for its next readings.
struct LaneRequest: Sendable {
    /// Identifies a request, and whether it still matters: it may be cancelled on its way.
    final class Ticket: Sendable, Hashable {
        let isCancelled = Atomic(false)

        static func == (left: Ticket, right: Ticket) -> Bool { left === right }
        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    }

    enum Answer: Sendable {
        case entries(LaneEntries)
        /// They are in the file only.
        case olderThanRecent
    }

    let lane: Lane
    let after: Int64
    let limit: Int
    let waits: Bool
    let done: CheckedContinuation<Answer, any Error>
}
