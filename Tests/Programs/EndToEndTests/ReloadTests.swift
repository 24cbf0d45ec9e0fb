import BlueZSimulator
import FoundationEssentials
import HubStore
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Testing

@testable import strapline
@testable import strapline_demo

/// `strapline run` that is told to read its configuration again.
@Suite(.timeLimit(.minutes(2)), .serialized) struct ReloadTests {
    private let directory = TemporaryDirectory()

    @Test func run_whenToldToReload_appliesWhatChangedKeepsTheLinkAndLosesNothing() async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let house = try await House(environment: ["NOTIFY_SOCKET": socket.name])
        let (anna, ben) = (house.cast.performers[0], house.cast.performers[1])
        try await house.withHub { _, port in
            let whole = try String(contentsOfFile: house.configuration, encoding: .utf8)
            let first = try #require(whole.split(separator: "  - name: ben").first.map(String.init))
            try first.write(toFile: house.configuration, atomically: true, encoding: .utf8)
            try await house.uploader.serve(["run", "--config", house.configuration], waitsForLine: false) { uploader in
                func reload(_ yaml: String) async throws {
                    try yaml.write(toFile: house.configuration, atomically: true, encoding: .utf8)
                    try uploader.send(.terminalClosed)
                    let began = await socket.first { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }
                    let ended = await socket.first { $0 == "READY=1" }
                    #expect(began != nil && ended != nil)
                }
                try await house.simulator.untilSubscribed(anna.strapAddress)
                _ = await socket.first { $0.hasPrefix("READY=1") }
                await house.startBeating()

                try await reload(whole)
                try await house.simulator.untilSubscribed(ben.strapAddress)
                try await house.untilSent(10)

                // Another limit, and a time for Pulsoid, are other lanes with the same cursors.
                try await reload(whole.replacing("requests_per_second: 0", with: "requests_per_second: 500"))
                try await house.untilSent(10)

                try await reload(whole + "unheard: of\n")
                #expect(house.log.contains("the old one goes on") && house.log.contains("unknown key `unheard`"))
                try await house.untilSent(10)

                try whole.write(toFile: house.configuration, atomically: true, encoding: .utf8)
                // What a strap sends while it is being removed waits in the outbox until it comes again.
                await house.simulator.stopBeating(ben.strapAddress)
                _ = try await house.status { status in
                    status.destinations.allSatisfy { $0.strap != "ben" || $0.waiting == 0 }
                        && status.outbox.received ?? 0 >= Int64(house.sent.count)
                }
                try await reload(first)
                try await house.simulator.untilConnected(ben.strapAddress, false)
                await house.stopBeating()
                let status = try await house.status { $0.outbox.received == Int64(house.sent.count) }
                #expect(status.straps.map(\.strap) == ["anna"])
                await uploader.stop()
            }
        }
        let link = await house.simulator.status.straps[anna.strapAddress]
        #expect(link?.connections == 1, "\(house.log)")
        let hub = try HubStore(path: house.database.string)
        for performer in house.cast.performers {
            let readings = try await hub.readings(ofUser: performer.userID, limit: .max)
            #expect(readings.map(\.heartRate) == house.sent.rates(of: performer.strapAddress), "\(house.log)")
        }
    }
}
