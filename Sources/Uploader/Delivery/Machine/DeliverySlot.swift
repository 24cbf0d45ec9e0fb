import Outbox

/// Readings that are sent, repeated and set aside together: one, or all of one span that is kept together.
struct DeliverySlot: Equatable {
    enum State: Equatable {
        case waiting
        case inFlight(request: Int)
        /// Accepted, set aside, or passed over.
        case done
    }

    var entries: [OutboxEntry]
    var state: State = .waiting
    /// Which part of a refused request it belongs to: only slots of one part share a request. 0 when none was refused.
    var part = 0
    /// The span that is kept together; nil where each reading stands alone.
    let span: Int64?
    /// When the span is over, and no more readings can join.
    let closesAt: Duration
    /// When it has waited long enough for others to fill the request.
    let dueAt: Duration
    /// After this it is too old to be sent; nil where it never is.
    let expiresAt: Duration?

    func isTooOld(now: Duration) -> Bool { expiresAt.map { $0 < now } ?? false }
}
