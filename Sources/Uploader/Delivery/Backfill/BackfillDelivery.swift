import Logging
import Outbox

/// Sends the backlog that a lane has deferred to go on with the newest reading.
///
/// The readings go beside the lane, one request at a time. The newest range goes first, from its newest readings down,
/// in pieces that are each sent in order. A piece is a range of its own in the outbox and advances with each answer, so
/// a crash repeats at most one request. If a lane is set back to sending in order, its ranges are still drained.
package struct BackfillDelivery: Sendable {
    /// How soon the backfill follows the newest reading. One look is one small query.
    package static let interval: Duration = .seconds(5)
    /// The same for a lane that sends in order, and can only have old ranges.
    static let inOrderInterval: Duration = .seconds(30)
    /// One second of Pulsoid's limit. This many readings are sent in order, even if a request takes fewer.
    static let readingsPerPiece = 20

    private let side: OutOfBandDelivery

    /// Uses the lane's destination, outbox and rate limit. The outcome of each request is in the lane's
    /// ``LaneDelivery/status``.
    package init(beside delivery: LaneDelivery) {
        side = OutOfBandDelivery(beside: delivery)
    }

    /// Looks and sends until cancellation. The rest stays in the outbox.
    package func run() async throws {
        let interval = side.delivery.backlog.order == .newestFirst ? Self.interval : Self.inOrderInterval
        try await side.run(every: interval) { _ in try await deliver() }
    }

    /// Sends all ranges, or stops at the first failure.
    private func deliver() async throws -> OutOfBandFailure? {
        let delivery = side.delivery
        while await side.isOpen {
            let next = try await delivery.outbox.nextBackfill(
                in: delivery.lane, readings: max(Self.readingsPerPiece, side.limits.readingsPerRequest),
                maximumAge: delivery.backlog.maximumAge, keepTogetherMilliseconds: side.limits.keepTogetherMilliseconds)
            await delivery.reportExpired(adding: next.expired)
            guard let range = next.range else { break }
            var source = BackfillSource(delivery: delivery, range: range)
            if let failure = try await side.drain(&source, after: range.after) { return failure }
            // Also past readings that have left the outbox since.
            try await delivery.outbox.advance(range, through: range.last)
        }
        return nil
    }
}
