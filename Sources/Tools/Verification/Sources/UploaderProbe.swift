import BlueZ
import FoundationEssentials
package import Outbox
package import UploaderStatus

/// Asks whether an uploader runs with this outbox, and how it stands.
package struct UploaderProbe {
    package let outboxPath: String

    package init(outboxPath: String) {
        self.outboxPath = outboxPath
    }

    /// Nil where none answers.
    package func report() async -> StatusReport? {
        for path in StatusSocketPath.candidates(outbox: outboxPath, environment: ProcessInfo.processInfo.environment) {
            if let report = try? await StatusClient().ask(at: path), report.outbox.path == outboxPath { return report }
        }
        return nil
    }

    /// Why nothing is sent, as far as the uploader knows.
    package static func obstacles(_ report: StatusReport, lanes: Set<Lane>) -> [String] {
        let destinations = report.destinations.filter { lane in
            lanes.contains(lane.lane) && (lane.isTroubled || lane.clockWait != nil)
        }.map { lane in
            let reason = (lane.reason ?? lane.lastError).map { ": \($0)" } ?? ""
            return "\(lane.lane) is \(lane.stateWords ?? "unknown")\(reason)"
        }
        let names = Set(lanes.map(\.strap))
        let straps = report.straps.filter { names.contains($0.strap) && $0.state != .live }
            .map { "the strap \($0.strap) is \($0.state.rawValue)" + ($0.reason.map { ": \($0)" } ?? "") }
        return destinations + straps
    }
}
