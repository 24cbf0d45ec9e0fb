import BlueZ
import BlueZSimulator
import FoundationEssentials
import Outbox
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit
import Testing
import UploaderStatus

@testable import strapline

/// `strapline status` as a process beside a real uploader.
@Suite(.timeLimit(.minutes(10)), .serialized) struct StatusCommandTests {
    @Test func status_ofARunningUploader_tellsALiveStrapFromOneThatIsGone() async throws {
        let stack = try await StackFixture()
        let live = stack.users[0]
        let gone = stack.users[1]
        try await stack.withHub { _, port in
            try await stack.withRoom(port: port) {
                try await stack.withUploader { _ in
                    await stack.startBeating()
                    await stack.untilRoomShows(5)
                    // A reading is in the room before its answer is here, and the details come one by one.
                    let before = try await stack.status { report in
                        let isDelivering = report.destinations.allSatisfy {
                            $0.destination != "pulsoid" || $0.lastSuccessAge != nil
                        }
                        return isDelivering
                            && report.straps.allSatisfy {
                                $0.state == .live && $0.firmwareRevision != nil && $0.batteryPercent != nil
                            }
                    }
                    for (strap, user) in zip(before.straps, stack.users) {
                        #expect(strap.strap == user.name)
                        #expect(strap.address == user.strapAddress)
                        #expect(strap.beatsPerMinute ?? 0 > 0)
                        #expect(strap.readingAge ?? .max < StrapStatusStore.freshMilliseconds)
                        #expect(strap.batteryPercent == 80)
                        #expect(strap.bodyLocation == "chest")
                    }
                    #expect(before.outbox.path == stack.outbox.string)
                    #expect(before.outbox.received ?? 0 >= 10)
                    #expect(before.destinations.count == 4)
                    let pulsoid = before.destinations.filter { $0.destination == "pulsoid" }
                    #expect(pulsoid.allSatisfy { $0.state == "delivering" && $0.lastSuccessAge != nil })
                    let watched = try await stack.commands.run(
                        ["status", "--watch", "--json", "--config", stack.configuration]
                    ) { running in await running.lines.until { $0.count >= 2 } }
                    #expect(watched.lines.count >= 2)
                    for line in watched.lines.prefix(2) {
                        let again = try JSONDecoder().decode(StatusReport.self, from: Data(line.utf8))
                        #expect(again.isRunning && again.destinations.count == 4)
                    }

                    await stack.simulator.disappear(gone.strapAddress)
                    let after = try await stack.status { $0.straps[1].state == .disconnected }
                    #expect(after.straps[0].state == .live, "\(live.name)")
                    #expect(after.straps[1].beatsPerMinute == nil)
                    #expect(after.straps[1].readingAge != nil)
                    #expect(after.straps[1].reason?.isEmpty == false)
                    await stack.stopBeating()
                }
            }
        }
        let (document, exit) = try await stack.askStatus()
        #expect(exit == .exited(69), "no uploader runs")
        #expect(!document.isRunning)
        #expect(document.outbox.received ?? 0 > 0)
        #expect(document.destinations.count == 4)
        let ended = try await stack.commands.run(["status", "--config", stack.configuration])
        #expect(
            ended.error.hasSuffix("Start it with: strapline run --config \(stack.configuration)\n"), "\(ended.error)")
    }
}
