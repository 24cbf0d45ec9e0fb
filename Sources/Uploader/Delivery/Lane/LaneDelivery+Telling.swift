import Logging
import Outbox
import Timing

/// What a person learns, in the log and by ``LaneDelivery/status``.
extension LaneDelivery {
    /// What became of a request, for ``status``.
    func note(_ outcome: DeliveryOutcome) {
        let now = time.now().bootMilliseconds
        switch outcome {
        case .accepted:
            status.lastSuccessAtBootMilliseconds = now
            // Where newer readings go first most of what is too old is in the gaps: who drains them tells.
            if backlog.order == .inOrder { tellTooOld() }
        case .refused(let reason), .tryLater(_, let reason), .notAuthorised(let reason):
            status.lastError = reason
            status.lastErrorAtBootMilliseconds = now
        }
    }

    /// That readings were passed over because of their age, `count` more of them: once in an outage, for they may come one
    /// by one.
    func tellTooOld(adding count: Int = 0) {
        untoldTooOld += count
        guard untoldTooOld > 0, !hasToldTooOld else { return }
        logger.warning("readings older than the maximum age passed over", metadata: ["readings": "\(untoldTooOld)"])
        hasToldTooOld = true
        untoldTooOld = 0
    }

    /// For the log's rate limit: these lines are one subject, the lane's state.
    private static let subject: Logger.Metadata.Value = "deliveries"

    func report(_ notice: DeliveryNotice) async {
        switch notice {
        case .failing(let reason):
            hasToldTooOld = false
            if status.state == .delivering { status.state = .retrying }
            logger.warning(
                "deliveries fail, trying again", metadata: ["reason": "\(reason)", "subject": Self.subject])
        case .paused(let reason):
            hasToldTooOld = false
            status.state = .paused
            logger.error(
                "not authorised, deliveries paused", metadata: ["reason": "\(reason)", "subject": Self.subject])
        case .recovered:
            status.state = .delivering
            let waiting = await waitingCount()
            logger.info(
                "deliveries go through again", metadata: ["waiting": "\(waiting)", "subject": Self.subject])
        case .setAside(let count, let reason):
            logger.warning("readings set aside", metadata: ["readings": "\(count)", "reason": "\(reason)"])
        }
    }

    private func waitingCount() async -> String {
        let statistics = try? await outbox.statistics()
        return statistics?.lanes.first { $0.lane == lane }.map { "\($0.waiting)" } ?? "unknown"
    }
}
