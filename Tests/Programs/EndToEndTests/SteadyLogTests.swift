import BlueZ
import BlueZSimulator
import ProcessHarness
import TestKit
import Testing
import UploaderStatus

@testable import strapline

/// The log of `strapline run` on a day without serious faults.
@Suite(.timeLimit(.minutes(10)), .serialized) struct SteadyLogTests {
    @Test func run_whileAllGoesWell_logsNothing() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { _, port in
            try await stack.withRoom(port: port) {
                try await stack.withUploader { uploader in
                    await stack.startBeating()
                    await stack.untilRoomShows(5)
                    let before = stack.log
                    await stack.untilRoomShows(40)
                    #expect(stack.log == before)
                    await stack.stopBeating()
                    await uploader.stop()
                }
            }
        }
    }

    @Test func run_whileAStrapFlaps_logsAFewLines_andStatusStaysRight() async throws {
        let stack = try await StackFixture()
        let strap = stack.users[0]
        try await stack.withHub { _, _ in
            try await stack.withUploader { uploader in
                await stack.startBeating()
                _ = try await stack.status { $0.straps.contains { $0.strap == strap.name && $0.state == .live } }
                await stack.stopBeating()
                for round in 0..<40 {
                    let rate: UInt8 = round.isMultiple(of: 2) ? 72 : 0
                    _ = await stack.simulator.notify(strap.strapAddress, bytes: [0, rate])
                }
                // Also those without contact. Before the last one the log may lack changes.
                let sent = await stack.simulator.status.straps.values.reduce(0) { $0 + $1.measurementsSent }
                _ = try await stack.status { report in
                    report.outbox.received == Int64(sent)
                        && report.straps.contains { $0.strap == strap.name && $0.state == .noContact }
                }
                let states = stack.log.split(separator: "\n").filter {
                    $0.contains("strap=\(strap.name)") && $0.contains("state=")
                }
                #expect((2...3).contains(states.count), "\(states)")
                await uploader.stop()
            }
        }
        #expect(stack.log.contains("count="), "\(stack.log)")
    }
}
