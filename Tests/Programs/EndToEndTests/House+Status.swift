import FoundationEssentials
import Subprocess
import SystemPackage
import Testing

@testable import strapline
@testable import strapline_demo

/// What `strapline status` says of the uploader.
extension House {
    /// Asks until the condition holds.
    func status(when condition: (StatusReport) -> Bool) async throws -> StatusReport {
        while true {
            let (report, exit) = try await askStatus()
            #expect(exit == .exited(0))
            if condition(report) { return report }
            try Task.checkCancellation()
        }
    }

    /// Returns when the outbox has all that was sent, the beat included that was on its way when the hearts were stopped: what
    /// the uploader has not taken when it is told to stop is nobody's.
    func untilAllReceived() async throws {
        _ = try await status { $0.outbox.received == Int64(sent.count) }
    }

    func askStatus() async throws -> (StatusReport, TerminationStatus) {
        let result = try await Subprocess.run(
            .path(uploader.path), arguments: ["status", "--json", "--config", configuration],
            input: .none, output: .string(limit: 1 << 20), error: .discarded)
        let report = try JSONDecoder().decode(StatusReport.self, from: Data(result.standardOutput.utf8))
        return (report, result.terminationStatus)
    }
}
