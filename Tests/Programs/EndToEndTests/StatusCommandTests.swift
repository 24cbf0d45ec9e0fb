import BlueZ
import BlueZSimulator
import Outbox
import Subprocess
import SystemPackage
import Testing

@testable import strapline
@testable import strapline_demo

/// `strapline status` as a process of its own, beside a real uploader.
@Suite(.timeLimit(.minutes(2)), .serialized) struct StatusCommandTests {
    @Test func status_ofARunningUploader_tellsALiveStrapFromOneThatIsGone() async throws {
        let house = try await House()
        let live = house.cast.performers[0]
        let gone = house.cast.performers[1]
        try await house.withHub { _, port in
            try await house.withRoom(port: port) {
                try await house.withUploader { _ in
                    await house.startBeating()
                    await house.untilRoomShows(5)
                    let before = try await house.status { report in
                        report.straps.allSatisfy { $0.state == .live && $0.firmwareRevision != nil }
                    }
                    for (strap, performer) in zip(before.straps, house.cast.performers) {
                        #expect(strap.strap == performer.name)
                        #expect(strap.address == performer.strapAddress)
                        #expect(strap.beatsPerMinute ?? 0 > 0)
                        #expect(strap.readingAge ?? .max < StatusBoard.freshMilliseconds)
                        #expect(strap.batteryPercent == 80)
                        #expect(strap.bodyLocation == "chest")
                    }
                    #expect(before.outbox.path == house.outbox.string)
                    #expect(before.outbox.received ?? 0 >= 10)
                    #expect(before.destinations.count == 4)
                    let pulsoid = before.destinations.filter { $0.destination == "pulsoid" }
                    #expect(pulsoid.allSatisfy { $0.state == "delivering" && $0.lastSuccessAge != nil })

                    await house.simulator.disappear(gone.strapAddress)
                    let after = try await house.status { $0.straps[1].state == .disconnected }
                    #expect(after.straps[0].state == .live, "\(live.name)")
                    #expect(after.straps[1].beatsPerMinute == nil)
                    #expect(after.straps[1].readingAge != nil)
                    #expect(after.straps[1].reason?.isEmpty == false)
                    await house.stopBeating()
                }
            }
        }
        let (document, exit) = try await house.askStatus()
        #expect(exit == .exited(69), "nobody runs")
        #expect(!document.isRunning)
        #expect(document.outbox.received ?? 0 > 0)
        #expect(document.destinations.count == 4)
    }
}
