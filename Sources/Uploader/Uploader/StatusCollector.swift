import Glibc
import Outbox
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
    let time: KernelTime

    /// The status from memory, without I/O.
    func report() async -> StatusReport {
        var report = StatusReport(
            isRunning: true, processID: getpid(),
            outbox: OutboxReport(path: outbox.path, await outbox.storageStatus))
        let now = time.now()
        report.straps = await receiver.board.reports(at: now)
        let statuses = await deliveries.statuses(of: reloader.plan.lanes, clockWait: outbox.clockWait)
        report.destinations = statuses.map { DestinationReport($0, at: now) }
        report.outputs = await outputs.reports(of: reloader.plan.outputs, at: now)
        return report
    }

    /// The status with the backlog, if it can be counted; on a separate database connection.
    func countedReport() async -> StatusReport {
        var report = await report()
        if let statistics = try? await outbox.statistics() { report.add(statistics) }
        return report
    }
}
