import BlueZSimulator
import FoundationEssentials
import Outbox
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit
import Testing

/// `strapline run` under a service manager: the notifications to a socket of the test.
@Suite(.timeLimit(.minutes(10)), .serialized) struct ServiceManagerTests {
    private let directory = TemporaryDirectory()

    @Test func run_underAServiceManager_tellsThatItIsReadyLivesAndEnds() async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        // As with WatchdogSec=2.
        let stack = try await StackFixture(environment: ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "2000000"])
        try await stack.withHub { _, port in
            try await stack.withUploader { uploader in
                let ready = await socket.first { $0.hasPrefix("READY=1") }
                #expect(ready?.contains("STATUS=\(stack.users[0].name) ") == true)
                await stack.startBeating()
                let live = await socket.first { $0.contains(" live ") && $0.contains(" bpm") }
                #expect(live?.hasPrefix("STATUS=") == true)
                for _ in 1...2 { #expect(await socket.first { $0 == "WATCHDOG=1" } != nil) }
                // Read from now on: the kernel queues few messages, and drops the others.
                async let last = socket.first { $0.hasPrefix("STOPPING=1") }
                await stack.stopBeating()
                try await stack.untilAllReceived()
                await uploader.stop()
                #expect(await last == "STOPPING=1\nSTATUS=stopping; undelivered readings wait in the outbox")
            }
        }
    }

    @Test func run_whenAServiceGoesAway_reportsItBeforeTheNextRegularReport() async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let stack = try await StackFixture(environment: ["NOTIFY_SOCKET": socket.name])
        try await stack.withHub { hub, _ in
            try await stack.withUploader { uploader in
                await stack.startBeating()
                _ = await socket.first { $0.contains(" live ") && $0.contains(" bpm") }
                await hub.stop()
                let trouble = await socket.first { $0.contains("pulsoid retrying") }
                #expect(trouble != nil)
                await uploader.stop()
            }
        }
    }

    /// The threads of the runtime's pool look for work every second after their first job. They have the names of their
    /// queues.
    @Test(arguments: Durability.allCases)
    func run_whateverItDoes_leavesTheRuntimesPoolAlone(durability: Durability) async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let stack = try await StackFixture(
            durability: durability, environment: ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "2000000"])
        try await stack.withHub { _, port in
            try await stack.withUploader { uploader in
                await stack.startBeating()
                _ = await socket.first { $0.contains(" live ") && $0.contains(" bpm") }
                // Every lane is a new one then, and the earlier ones end.
                try String(contentsOfFile: stack.configuration, encoding: .utf8)
                    .replacing("requests_per_second: 0", with: "requests_per_second: 500")
                    .write(toFile: stack.configuration, atomically: true, encoding: .utf8)
                try uploader.send(.terminalClosed)
                _ = await socket.first { $0 == "READY=1" }
                #expect(stack.log.contains("anna -> pulsoid changed"), "\(stack.log)")
                await stack.stopBeating()
                try await stack.untilAllReceived()
                let names = ProcessFigures.threadNames(uploader.processID)
                #expect(names.contains("outbox"))
                #expect(!names.contains { $0.hasSuffix("-qos") }, "\(names)")
                await uploader.stop()
            }
        }
    }

    @Test func hub_underAServiceManager_tellsThatItIsReadyLivesAndEnds() async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let stack = try await StackFixture()
        var hub = stack.hub
        hub.environment = .inherit.updating(["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "2000000"])
        let arguments = ["serve", "--port", "0", "--database", stack.database.string]
        try await hub.serve(arguments, waitsForLine: true) { running in
            let address = running.firstLine
            #expect(await socket.first { $0.hasPrefix("READY=1") } == "READY=1\nSTATUS=listens at \(address)")
            for _ in 1...2 { #expect(await socket.first { $0 == "WATCHDOG=1" } != nil) }
            await running.stop()
        }
        #expect(await socket.first { $0.hasPrefix("STOPPING=1") } != nil)
    }

    @Test func run_withoutABus_isReadyAndWaits() async throws {
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let nowhere = "unix:path=\(directory.file("no-bus"))"
        let stack = try await StackFixture(
            environment: ["NOTIFY_SOCKET": socket.name, "DBUS_SYSTEM_BUS_ADDRESS": nowhere])
        try await stack.withHub { _, port in
            try await stack.uploader.serve(["run", "--config", stack.configuration], waitsForLine: false) { uploader in
                let ready = await socket.first { $0.hasPrefix("READY=1") }
                #expect(ready?.contains(" blocked") == true, "\(stack.log)")
                await uploader.stop()
            }
        }
    }
}
