import Logging
import Outbox

/// Sends what a lane has left behind to go on with the newest reading.
///
/// The readings go beside the lane, one request at a time: of the newest gap first, from its newest readings down, in
/// pieces that are each sent in order. A piece is a gap of its own in the outbox and moves on with each answer, so a crash
/// repeats at most one request. A lane that is to send in order again has its gaps drained all the same.
package struct GapDelivery: Sendable {
    /// How soon what was missed follows the newest reading; one look is one small query.
    package static let interval: Duration = .seconds(5)
    /// The same for a lane that sends in order, and can only have gaps of before.
    static let inOrderInterval: Duration = .seconds(30)
    /// A second's worth of Pulsoid's limit: what is sent in order at once, where a request takes less.
    static let readingsPerPiece = 20

    private let side: SideDelivery

    /// Takes from the lane where to, from where, and how fast; what became of each request is told in its
    /// ``LaneDelivery/status``.
    package init(beside lane: LaneDelivery) {
        side = SideDelivery(beside: lane)
    }

    /// Looks and sends until cancellation; what is not sent by then stays in the outbox.
    package func run() async throws {
        let interval = side.lane.backlog.order == .newestFirst ? Self.interval : Self.inOrderInterval
        try await side.run(every: interval) { _ in try await deliver() }
    }

    /// All that was left behind, or up to the first failure.
    private func deliver() async throws -> SideFailure? {
        let lane = side.lane
        while await side.isOpen {
            let next = try await lane.outbox.nextGap(
                in: lane.lane, readings: max(Self.readingsPerPiece, side.limits.readingsPerRequest),
                maximumAge: lane.backlog.maximumAge, keepTogetherMilliseconds: side.limits.keepTogetherMilliseconds)
            await lane.tellTooOld(adding: next.tooOld)
            guard let gap = next.gap else { break }
            var source = GapSource(lane: lane, gap: gap)
            if let failure = try await side.drain(&source, after: gap.after) { return failure }
            // Also past readings that have left the outbox meanwhile.
            try await lane.outbox.advance(gap, through: gap.last)
        }
        return nil
    }
}
