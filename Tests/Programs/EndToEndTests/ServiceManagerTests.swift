import BlueZSimulator
import FoundationEssentials
import Outbox
import Subprocess
import SystemPackage
import TestKit
import Testing

@testable import strapline_demo

/// `strapline run` under a service manager that is told how it stands: a socket of the test's.
@Suite(.timeLimit(.minutes(2)), .serialized) struct ServiceManagerTests {
    private let directory = TemporaryDirectory()

    @Test func run_underAServiceManager_tellsThatItIsReadyLivesAndEnds() async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        // As with WatchdogSec=2.
        let house = try await House(environment: ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "2000000"])
        try await house.withHub { _, port in
            try await house.withUploader { uploader in
                let ready = await socket.first { $0.hasPrefix("READY=1") }
                #expect(ready?.contains("STATUS=\(house.cast.performers[0].name) ") == true)
                await house.startBeating()
                let live = await socket.first { $0.contains(" live ") && $0.contains(" bpm") }
                #expect(live?.hasPrefix("STATUS=") == true)
                for _ in 1...2 { #expect(await socket.first { $0 == "WATCHDOG=1" } != nil) }
                await house.stopBeating()
                try await house.untilAllReceived()
                await uploader.stop()
            }
        }
        let last = await socket.first { $0.hasPrefix("STOPPING=1") }
        #expect(last == "STOPPING=1\nSTATUS=stopping; what is not delivered waits in the outbox")
    }

    /// Whose threads look for work every second from their first job on. They are named after their queues.
    @Test(arguments: Durability.allCases)
    func run_whateverItDoes_leavesTheRuntimesPoolAlone(durability: Durability) async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let house = try await House(
            durability: durability, environment: ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "2000000"])
        try await house.withHub { _, port in
            try await house.withUploader { uploader in
                await house.startBeating()
                _ = await socket.first { $0.contains(" live ") && $0.contains(" bpm") }
                // Every lane is another one then: those of before end.
                try String(contentsOfFile: house.configuration, encoding: .utf8)
                    .replacing("requests_per_second: 0", with: "requests_per_second: 500")
                    .write(toFile: house.configuration, atomically: true, encoding: .utf8)
                try uploader.send(.terminalClosed)
                _ = await socket.first { $0 == "READY=1" }
                #expect(house.log.contains("anna -> pulsoid changed"), "\(house.log)")
                await house.stopBeating()
                try await house.untilAllReceived()
                let names = ProcessFigures.threadNames(uploader.processID)
                #expect(names.contains("outbox"))
                #expect(!names.contains { $0.hasSuffix("-qos") }, "\(names)")
                await uploader.stop()
            }
        }
    }

    @Test func hub_underAServiceManager_tellsThatItIsReadyLivesAndEnds() async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let house = try await House()
        let hub = Program(
            path: house.hub.path,
            environment: .inherit.updating(["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "2000000"]),
            log: house.hub.log)
        let arguments = ["serve", "--port", "0", "--database", house.database.string]
        try await hub.serve(arguments, waitsForLine: true) { running in
            let address = running.firstLine.filter { !$0.isNewline }
            #expect(await socket.first { $0.hasPrefix("READY=1") } == "READY=1\nSTATUS=listens at \(address)")
            for _ in 1...2 { #expect(await socket.first { $0 == "WATCHDOG=1" } != nil) }
            await running.stop()
        }
        #expect(await socket.first { $0.hasPrefix("STOPPING=1") } != nil)
    }

    @Test func run_withoutABus_isReadyAndWaits() async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let nowhere = "unix:path=\(directory.file("no-bus"))"
        let house = try await House(
            environment: ["NOTIFY_SOCKET": socket.name, "DBUS_SYSTEM_BUS_ADDRESS": nowhere])
        try await house.withHub { _, port in
            try await house.uploader.serve(["run", "--config", house.configuration], waitsForLine: false) { uploader in
                let ready = await socket.first { $0.hasPrefix("READY=1") }
                #expect(ready?.contains(" blocked") == true, "\(house.log)")
                await uploader.stop()
            }
        }
    }
}
