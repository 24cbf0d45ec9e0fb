import Outbox

/// Readings that are sent, retried and set aside together: one, or all of one span that is kept together.
struct DeliverySlot: Equatable {
    enum State: Equatable {
        case waiting
        case inFlight(request: Int)
        /// Accepted, set aside, or skipped as expired.
        case done
    }

    var entries: [OutboxEntry]
    var state: State = .waiting
    /// Its part of a rejected request: only slots of one part share a request. 0 if none was rejected.
    var part = 0
    /// The span that is kept together; nil if each reading stands alone.
    let span: Int64?
    /// When the span is over, and no more readings can join.
    let closesAt: Duration
    /// When it stops waiting for others to fill the request.
    let dueAt: Duration
    /// When it expires; nil if it never does.
    let expiresAt: Duration?

    func isExpired(now: Duration) -> Bool { expiresAt.map { $0 < now } ?? false }
}
