import BlueZSimulator
import Subprocess
import SystemPackage
import TestKit
import Testing

/// Runs the example programs, against a fake bluetoothd where they need one.
@Suite(.timeLimit(.minutes(1))) struct ExampleProgramTests {
    private static let strap = "C0:FF:EE:00:00:01"

    private let daemon: PrivateBus

    init() throws {
        daemon = try PrivateBus()
    }

    /// The output of a program, which is beside the tests.
    private func run(_ program: String, _ arguments: String...) async throws -> String {
        let tests = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        let folder = tests.prefix(upTo: tests.lastIndex(of: "/") ?? tests.startIndex)
        let result = try await Subprocess.run(
            .path(FilePath("\(folder)/\(program)")), arguments: Arguments(arguments),
            environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": daemon.address]),
            output: .string(limit: 64 * 1024), error: .discarded)
        #expect(result.terminationStatus == .exited(0))
        return result.standardOutput
    }

    @Test func decodePacket_ofANotification_printsRateAndIntervals() async throws {
        let output = try await run("decode-packet", "16", "4D", "16", "03")
        #expect(output == "77 beats per minute, contact detected\nRR interval 771 ms\n")
        #expect(try await run("decode-packet", "01").hasPrefix("not a measurement"))
    }

    @Test func listAdapters_withOneAdapter_printsIt() async throws {
        let simulator = try await Simulator.start(on: daemon.address)
        #expect(try await run("list-adapters") == "/org/bluez/hci0 00:1A:7D:DA:71:13 on\n")
        await simulator.stop()
    }

    @Test func followStrap_whenAStrapBeats_printsItsHeartRate() async throws {
        let simulator = try await Simulator.start(on: daemon.address)
        await simulator.add(SimulatedStrap(address: Self.strap, name: "Strap"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await simulator.untilSubscribed(Self.strap)
                for rate in 72...74 as ClosedRange<UInt8> { await simulator.notify(Self.strap, bytes: [0, rate]) }
            }
            let output = try await run("follow-strap")
            #expect(output == "72 beats per minute\n73 beats per minute\n74 beats per minute\n")
            try await group.waitForAll()
        }
    }
}
