import CardiogramAPI
import HubAPI

/// A client's write that waits for the next transaction, together with all others that wait.
struct PendingWrite: Sendable {
    enum Content: Sendable {
        case reading(StoredReading)
        /// Readings with contact and RR intervals.
        case detailed([DetailedReading], userID: Int64)
        case beats([Beat], userID: Int64)
    }

    let content: Content
    let committed: CheckedContinuation<Void, any Error>
}
