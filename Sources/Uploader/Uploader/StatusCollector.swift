import Glibc
import Outbox
import Outputs
import SessionUploads
import Timing
import UploaderConfiguration
import UploaderStatus

/// Where a running uploader's status comes from.
struct StatusCollector: Sendable {
    let outbox: Outbox
    let receiver: ReadingIngest
    let reloader: Reloader
    let deliveries: DeliverySupervisor
    let outputs: OutputFleet
    let sessions: SessionUploadService
    let time: KernelTime

    /// The status from memory, without I/O.
    func report() async -> StatusReport {
        var report = StatusReport(
            isRunning: true, processID: getpid(),
            outbox: OutboxReport(path: outbox.path, await outbox.storageStatus))
        let now = time.now()
        report.straps = await receiver.board.reports(at: now)
        for strap in outputs.live.now {
            guard let values = strap.variability,
                let place = report.straps.firstIndex(where: { $0.strap == strap.name }),
                report.straps[place].beatsPerMinute != nil
            else { continue }
            report.straps[place].variability = LiveVariabilityReport(values)
        }
        let statuses = await deliveries.statuses(of: reloader.plan.lanes, clockWait: outbox.clockWait)
        report.destinations = statuses.map { DestinationReport($0, at: now) }
        report.outputs = await outputs.reports(of: reloader.plan.outputs, at: now)
        report.sessionUploads = await sessions.statuses.map { SessionUploadReport($0, at: now) }
        return report
    }

    /// The status with the backlog, if it can be counted; on a separate database connection.
    func countedReport() async -> StatusReport {
        var report = await report()
        if let statistics = try? await outbox.statistics() { report.add(statistics) }
        return report
    }
}
