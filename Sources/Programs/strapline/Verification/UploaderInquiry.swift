import BlueZ
import FoundationEssentials
import Outbox

/// Asks whether an uploader runs with this outbox, and how it stands.
struct UploaderInquiry {
    let outboxPath: String

    /// Nil where none answers.
    func report() async -> StatusReport? {
        for path in StatusPlace.candidates(outbox: outboxPath, environment: ProcessInfo.processInfo.environment) {
            if let report = try? await StatusClient().ask(at: path), report.outbox.path == outboxPath { return report }
        }
        return nil
    }

    /// Why nothing is sent, as far as the uploader knows.
    static func obstacles(_ report: StatusReport, lanes: Set<Lane>) -> [String] {
        let destinations = report.destinations.filter { lanes.contains($0.lane) && $0.state != "delivering" }
            .map { "\($0.lane) is \($0.state ?? "unknown"): \($0.lastError ?? "no error was told")" }
        let names = Set(lanes.map(\.strap))
        let straps = report.straps.filter { names.contains($0.strap) && $0.state != .live }
            .map { "the strap \($0.strap) is \($0.state.rawValue)" + ($0.reason.map { ": \($0)" } ?? "") }
        return destinations + straps
    }
}
