import Logging
import Outbox

/// Retries a lane's dead letters that the user has requeued.
///
/// They go beside the lane, which they never delay: one request at a time, oldest first. An accepted reading is no
/// longer a dead letter. A reading that is rejected again stays one, with the new reason. After a failure the next pass
/// tries again. A reading is marked in the outbox until its outcome is stored, so a crash repeats at most one request.
///
/// It looks every ``interval``. So readings can be requeued without reaching the uploader, even while it is stopped.
package struct RedeliveryService: Sendable {
    /// Half of the minute that `outbox retry` promises. One look is one small query.
    package static let interval: Duration = .seconds(30)

    private let side: OutOfBandDelivery

    /// Uses the lane's destination, outbox and rate limit. The outcome of each request is in the lane's
    /// ``LaneDelivery/status``.
    package init(beside delivery: LaneDelivery) {
        side = OutOfBandDelivery(beside: delivery)
    }

    /// Looks and sends until cancellation. Unsent readings stay requeued.
    package func run() async throws {
        try await side.run(every: Self.interval) { wasFailing in
            var source = RequeueSource(of: side.delivery)
            let failure = try await side.drain(&source, after: 0)
            tell(source.pass, failure, wasFailing: wasFailing)
            return failure
        }
    }

    private func tell(_ pass: RequeuePass, _ failure: OutOfBandFailure?, wasFailing: Bool) {
        let logger = side.delivery.logger
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
