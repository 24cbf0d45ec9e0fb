import Logging
import Outbox

/// Sends a lane's readings once more that were set aside and that a person has put back.
///
/// They go beside the lane, which is never delayed by them: one request at a time, out of turn, oldest first. What the
/// service accepts is no longer set aside; what it refuses again is so with its new words. After a failure the next pass
/// tries again. A reading is marked in the outbox until its outcome is there, so a crash repeats at most one request.
///
/// It looks every ``interval``: whoever puts readings back need not reach the uploader, and may do so while none runs.
package struct RetryDelivery: Sendable {
    /// Half of the minute within which a person sees something happen; one look is one small query.
    package static let interval: Duration = .seconds(30)

    private let side: SideDelivery

    /// Takes from the lane where to, from where, and how fast; what became of each request is told in its
    /// ``LaneDelivery/status``.
    package init(beside lane: LaneDelivery) {
        side = SideDelivery(beside: lane)
    }

    /// Looks and sends until cancellation; what is not sent by then stays put back.
    package func run() async throws {
        try await side.run(every: Self.interval) { wasFailing in
            var source = PutBackSource(of: side.lane)
            let failure = try await side.drain(&source, after: 0)
            tell(source.pass, failure, wasFailing: wasFailing)
            return failure
        }
    }

    private func tell(_ pass: PutBackPass, _ failure: SideFailure?, wasFailing: Bool) {
        let logger = side.lane.logger
        if pass.deliveredCount > 0 {
            logger.notice(
                "readings that were set aside are delivered", metadata: ["readings": "\(pass.deliveredCount)"])
        }
        if let failure, !wasFailing {
            logger.warning(
                "readings put back cannot be delivered yet, trying again", metadata: ["reason": "\(failure.reason)"])
        }
    }
}
