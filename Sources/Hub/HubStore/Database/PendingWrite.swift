import CardiogramAPI

/// A client's write that waits for the next transaction, together with all others that wait.
struct PendingWrite: Sendable {
    enum Content: Sendable {
        case reading(StoredReading)
        case beats([Beat], userID: Int64)
    }

    let content: Content
    let committed: CheckedContinuation<Void, any Error>
}
