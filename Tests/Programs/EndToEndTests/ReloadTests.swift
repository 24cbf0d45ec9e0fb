import BlueZSimulator
import FoundationEssentials
import HubStore
import ProcessHarness
import PulsoidAPI
import Subprocess
import SystemPackage
import TestKit
import Testing
import UploaderStatus

@testable import strapline

/// `strapline run` that reloads its configuration.
@Suite(.timeLimit(.minutes(10)), .serialized) struct ReloadTests {
    private let directory = TemporaryDirectory()

    @Test func run_whenToldToReload_appliesWhatChangedKeepsTheLinkAndLosesNothing() async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let stack = try await StackFixture(environment: ["NOTIFY_SOCKET": socket.name])
        let (anna, ben) = (stack.users[0], stack.users[1])
        try await stack.withHub { _, port in
            let whole = try String(contentsOfFile: stack.configuration, encoding: .utf8)
            let first = try #require(whole.split(separator: "  - name: ben").first.map(String.init))
            try first.write(toFile: stack.configuration, atomically: true, encoding: .utf8)
            try await stack.uploader.serve(["run", "--config", stack.configuration], waitsForLine: false) { uploader in
                func reload(_ yaml: String) async throws {
                    try yaml.write(toFile: stack.configuration, atomically: true, encoding: .utf8)
                    try uploader.send(.terminalClosed)
                    let began = await socket.first { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }
                    let ended = await socket.first { $0 == "READY=1" }
                    #expect(began != nil && ended != nil)
                }
                try await stack.simulator.untilSubscribed(anna.strapAddress)
                _ = await socket.first { $0.hasPrefix("READY=1") }
                await stack.startBeating()

                try await reload(whole)
                try await stack.simulator.untilSubscribed(ben.strapAddress)
                try await stack.untilSent(10)

                // Another limit, and a longest age for Pulsoid, make new lanes with the same cursors.
                try await reload(whole.replacing("requests_per_second: 0", with: "requests_per_second: 500"))
                try await stack.untilSent(10)

                try await reload(whole + "unheard: of\n")
                #expect(stack.log.contains("the old one goes on") && stack.log.contains("unknown key `unheard`"))
                try await stack.untilSent(10)

                try whole.write(toFile: stack.configuration, atomically: true, encoding: .utf8)
                // Readings of a strap that is being removed wait in the outbox until the strap is configured again.
                await stack.stopBeating()
                _ = try await stack.status { status in
                    status.destinations.allSatisfy { $0.strap != "ben" || $0.waiting == 0 }
                        && status.outbox.received == Int64(stack.sent.count)
                }
                await stack.simulator.startBeating(anna.strapAddress, every: .milliseconds(100))
                try await reload(first)
                try await stack.simulator.untilConnected(ben.strapAddress, false)
                await stack.stopBeating()
                let status = try await stack.status { status in
                    status.outbox.received == Int64(stack.sent.count)
                        && status.destinations.allSatisfy { $0.destination != "pulsoid" || $0.waiting == 0 }
                }
                #expect(status.straps.map(\.strap) == ["anna"])
                await uploader.stop()
            }
        }
        let link = await stack.simulator.status.straps[anna.strapAddress]
        #expect(link?.connections == 1, "\(stack.log)")
        let hub = try HubStore(path: stack.database.string)
        for user in stack.users {
            let readings = try await hub.readings.oldest(ofUser: user.userID, limit: .max)
            #expect(readings.map(\.heartRate) == stack.sent.rates(of: user.strapAddress), "\(stack.log)")
        }
    }
}
