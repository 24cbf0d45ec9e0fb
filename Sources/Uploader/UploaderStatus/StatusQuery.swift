import FoundationEssentials
import Outbox
import Sessions
import Timing
package import UploaderConfiguration

/// Finds out how an uploader stands: from itself, and from its outbox.
package struct StatusQuery {
    /// The time to count the backlog: less than a second, except for a full outbox on a slow card.
    package static let countLimit: Duration = .seconds(10)

    /// The outbox to look into when no uploader names its own.
    package let outboxPath: String
    /// Whether only the uploader of that outbox is meant.
    let isExact: Bool
    package let candidates: [String]
    package var clock: any Clock<Duration> = ContinuousClock()

    package init(
        outboxPath: String, isExact: Bool, candidates: [String], clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.outboxPath = outboxPath
        self.isExact = isExact
        self.candidates = candidates
        self.clock = clock
    }

    /// About the uploader of this configuration file; about any that runs here where it is nil.
    package init(configuration path: String?) throws(ConfigurationError) {
        let outbox = try OutboxPath(ofFile: path)
        self.init(
            outboxPath: outbox.path, isExact: outbox.isNamed,
            candidates: StatusSocketPath.candidates(
                outbox: outbox.path, environment: ProcessInfo.processInfo.environment))
    }

    /// The status, and the failure if no uploader has answered.
    package func ask() async -> (report: StatusReport, failure: StatusSocketError?) {
        var failure: StatusSocketError?
        for path in candidates {
            do throws(StatusSocketError) {
                let report = try await StatusClient(clock: clock).ask(at: path)
                if isExact && report.outbox.path != outboxPath { continue }
                return (await counted(report), nil)
            } catch {
                // An uploader that does not answer is better news than none: keep that failure.
                if failure == nil || failure?.isNobody == true && !error.isNobody && !isExact { failure = error }
            }
        }
        let report = StatusReport(isRunning: false, outbox: OutboxReport(path: outboxPath))
        return (await counted(report), failure)
    }

    private func counted(_ report: StatusReport) async -> StatusReport {
        var report = report
        if !report.isRunning {
            let damaged = OutboxFile.damagedFiles(of: report.outbox.path)
            report.outbox.damagedFiles = damaged.isEmpty ? nil : damaged
        }
        do {
            let reader = try OutboxReader(path: report.outbox.path)
            report.add(try await withTimeout(Self.countLimit, clock: clock) { try await reader.statistics() })
            report.add((try? await reader.sessionUploadCounts()) ?? [])
            guard report.isRunning else { return report }
            let sessions = SessionReader(reader)
            let running = try? await withTimeout(Self.countLimit, clock: clock) { try await sessions.running() }
            report.add(running ?? [])
        } catch {
            report.outbox.problem = "\(error)"
        }
        return report
    }
}
