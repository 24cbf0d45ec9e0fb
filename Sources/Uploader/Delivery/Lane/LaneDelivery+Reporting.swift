import Logging
import Outbox
import Synchronization
import Timing

/// The reports of a lane: in the log, and by ``LaneDelivery/status``.
extension LaneDelivery {
    /// The present state of deliveries. `clockWait` is how long the outbox still waits for the clock.
    package func status(clockWait: Duration?) -> DeliveryStatus {
        let unansweredSince = unansweredSince.load(ordering: .relaxed)
        return status.present(
            isIdle: isIdle, clockWait: clockWait, unansweredSince: unansweredSince == 0 ? nil : unansweredSince,
            atBootMilliseconds: time.now().bootMilliseconds)
    }

    /// The state after an answer. `isOpen` is whether the lane sends more requests: an acceptance that comes after a
    /// failure, of a request that was under way with it, ends no outage.
    func update(after outcome: DeliveryOutcome, isOpen: Bool) {
        let now = time.now().bootMilliseconds
        let before = status.state
        defer { if status.state != before { noteChange() } }
        switch outcome {
        case .accepted where isOpen: status.change(to: .delivering, reason: nil, atBootMilliseconds: now)
        case .refused(let reason) where isOpen: status.change(to: .rejecting, reason: reason, atBootMilliseconds: now)
        case .accepted, .refused: break
        case .tryLater(_, let reason): status.change(to: .retrying, reason: reason, atBootMilliseconds: now)
        case .pause(let reason): status.change(to: .paused, reason: reason, atBootMilliseconds: now)
        }
    }

    /// What became of a request, for ``status``.
    func note(_ outcome: DeliveryOutcome) {
        let now = time.now().bootMilliseconds
        switch outcome {
        case .accepted:
            status.lastSuccessAtBootMilliseconds = now
            // If newer readings go first, most expired readings are in the backfill ranges: their delivery reports
            // them.
            if backlog.order == .inOrder { reportExpired() }
        case .refused(let reason), .tryLater(_, let reason), .pause(let reason):
            status.lastError = reason
            status.lastErrorAtBootMilliseconds = now
        }
    }

    /// Reports expired readings, `count` more of them: once in an outage, because they may come one by one.
    func reportExpired(adding count: Int = 0) {
        unreportedExpired += count
        guard unreportedExpired > 0, !hasReportedExpired else { return }
        logger.warning(
            "expired readings skipped", metadata: ["readings": "\(unreportedExpired)"])
        hasReportedExpired = true
        unreportedExpired = 0
    }

    /// For the log's rate limit: all these lines are about one subject, the lane's state.
    private static let subject: Logger.Metadata.Value = "deliveries"

    func report(_ notice: DeliveryNotice) async {
        switch notice {
        case .failing(let reason):
            hasReportedExpired = false
            logger.warning(
                "deliveries fail, trying again",
                metadata: [
                    "state": "\(DeliveryStatus.State.retrying.rawValue)", "reason": "\(reason)",
                    "subject": Self.subject,
                ])
        case .paused(let reason):
            hasReportedExpired = false
            logger.error(
                "deliveries paused",
                metadata: [
                    "state": "\(DeliveryStatus.State.paused.rawValue)", "reason": "\(reason)",
                    "subject": Self.subject,
                ])
        case .recovered:
            // A service that answers again may reject the reading.
            let isRejecting = status.state == .rejecting
            let state: DeliveryStatus.State = isRejecting ? .rejecting : .delivering
            let waiting = await waitingCount()
            logger.info(
                isRejecting ? "the service answers again" : "deliveries go through again",
                metadata: ["state": "\(state.rawValue)", "waiting": "\(waiting)", "subject": Self.subject])
        case .setAside(let count, let reason):
            logger.warning(
                "readings set aside",
                metadata: [
                    "state": "\(DeliveryStatus.State.rejecting.rawValue)", "readings": "\(count)",
                    "reason": "\(reason)",
                ])
        }
    }

    private func waitingCount() async -> String {
        let statistics = try? await outbox.statistics()
        return statistics?.lanes.first { $0.lane == lane }.map { "\($0.waiting)" } ?? "unknown"
    }
}
