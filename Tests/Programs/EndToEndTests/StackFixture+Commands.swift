import FoundationEssentials
import ProcessHarness
import Subprocess
import TestKit
import Testing
import UploaderStatus

@testable import strapline

extension StackFixture {
    /// Runs `strapline status` until the condition holds.
    func status(when condition: (StatusReport) -> Bool) async throws -> StatusReport {
        try await pollForValue {
            let ended = try await commands.run(["status", "--json", "--config", configuration])
            // 69: the uploader was too busy to answer.
            guard ended.status != .exited(69) else { return nil }
            #expect(ended.status.isSuccess, "\(ended.error)")
            let report = try JSONDecoder().decode(StatusReport.self, from: Data(ended.output.utf8))
            return condition(report) ? report : nil
        }
    }

    func askStatus() async throws -> (StatusReport, TerminationStatus) {
        let ended = try await commands.run(["status", "--json", "--config", configuration])
        return (try JSONDecoder().decode(StatusReport.self, from: Data(ended.output.utf8)), ended.status)
    }

    /// Returns when the outbox has every reading that the straps have sent. The uploader drops a reading that it has
    /// not read from the bus when it stops.
    func untilAllReceived() async throws {
        _ = try await status { $0.outbox.received == Int64(sent.count) }
    }

    /// Returns when every reading that the straps have sent is delivered, to these services.
    func untilAllDelivered(to services: [String] = ["pulsoid", "cardiogram"]) async throws {
        _ = try await status { report in
            report.outbox.received == Int64(sent.count)
                && report.destinations.allSatisfy { !services.contains($0.destination) || $0.waiting == 0 }
        }
    }
}
