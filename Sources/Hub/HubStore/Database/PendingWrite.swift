import CardiogramAPI

/// A write that waits to be committed together with the others that wait.
struct PendingWrite: Sendable {
    enum Content: Sendable {
        case reading(StoredReading)
        case beats([Beat], userID: Int64)
    }

    let content: Content
    let committed: CheckedContinuation<Void, any Error>
}
