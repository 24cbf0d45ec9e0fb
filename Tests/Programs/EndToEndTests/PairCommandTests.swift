import BlueZSimulator
import FoundationEssentials
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit
import Testing

/// `strapline scan`, `pair` and `forget` as processes, one of them at a real terminal.
@Suite(.timeLimit(.minutes(10))) struct PairCommandTests {
    private static let address = "C0:FF:EE:00:00:01"

    private let directory = TemporaryDirectory()
    private let bus: PrivateBus
    private let simulator: Simulator

    init() async throws {
        bus = try PrivateBus()
        simulator = try await Simulator.start(on: bus.address)
        var strap = SimulatedStrap(address: Self.address, name: "Chest")
        strap.requiresPairing = true
        strap.pairingMethod = .showsPasskey(4711)
        await simulator.add(strap)
        await simulator.startBeating(Self.address, every: .milliseconds(50))
    }

    private var strapline: ProgramRunner { strapline(on: bus) }

    private func strapline(on bus: PrivateBus) -> ProgramRunner {
        .strapline(in: directory, environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": bus.address]))
    }

    private func run(_ arguments: String...) async throws -> ProgramRunner.Ended {
        try await strapline.run(arguments)
    }

    @Test func pair_atATerminal_asksForTheStrapAndItsPasskey() async throws {
        let file = directory.file("strapline.yaml")
        let shown = try await strapline.converse(
            ["pair", "--write", file], ["Which one?": "1", "printed on it": "4711"])
        #expect(shown.status.isSuccess, "\(shown.output)")
        #expect(shown.output.contains("1   Chest"))
        #expect(shown.output.contains("It works, and is in \(file) as `chest`."))
        let written = try String(contentsOfFile: file, encoding: .utf8)
        #expect(written.contains(Self.address))
        // The agent and the connection are gone.
        try await simulator.until { $0.agents.isEmpty && $0.straps[Self.address]?.isConnected == false }
    }

    @Test func pair_withoutATerminal_failsWithTheNextStep() async throws {
        let result = try await run("pair", Self.address)
        #expect(result.status == .exited(69))
        #expect(result.error.contains("pairing failed") && result.error.contains("from a terminal"))
    }

    @Test func pair_ofAWatchWhoseAddressChanges_writesItsName() async throws {
        let watch = "5A:11:22:33:44:55"
        await simulator.add(SimulatedStrap(address: watch, name: "Watch HR"))
        await simulator.startBeating(watch, every: .milliseconds(50))
        let file = directory.file("strapline.yaml")
        let result = try await run("pair", watch, "--write", file)
        #expect(result.status == .exited(0), "\(result.error)")
        #expect(result.output.contains("private address"))
        let written = try String(contentsOfFile: file, encoding: .utf8)
        #expect(written.contains("device_name: \"Watch HR\"") && !written.contains(watch))
    }

    @Test func pair_ofANamelessDeviceWhoseAddressChanges_writesNothingAndSaysWhatToDo() async throws {
        let watch = "5A:11:22:33:44:55"
        await simulator.add(SimulatedStrap(address: watch))
        await simulator.startBeating(watch, every: .milliseconds(50))
        let file = directory.file("strapline.yaml")
        let result = try await run("pair", watch, "--write", file)
        #expect(result.status == .exited(69))
        #expect(result.error.contains("strapline pair --pair \(watch)"))
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func scan_withoutATerminal_printsTheListWhenInterrupted() async throws {
        let simulator = simulator
        let result = try await strapline.run(["scan", "--seconds", "3600"]) { _ in
            try await simulator.untilDiscovering()
        }
        #expect(result.status == .exited(0))
        #expect(result.output.contains("Chest  \(Self.address)  -60 dBm  yes"))
    }

    @Test func scan_asJSON_printsTheDeviceAtOnce() async throws {
        let result = try await strapline.run(["scan", "--json", "--seconds", "3600"]) { scan in
            await scan.untilFirstLine()
        }
        #expect(result.status == .exited(0))
        #expect(result.lines.first?.contains(#""address":"\#(Self.address)""#) == true)
        #expect(result.lines.first?.contains(#""rssi_dbm":-60"#) == true)
    }

    @Test func forget_ofAnUnknownStrap_saysSo() async throws {
        let result = try await run("forget", "Leg")
        #expect(result.status == .exited(69))
        #expect(result.error.contains("strapline scan --all"))
    }

    @Test func commands_whenTheBusDeniesThem_sayWhichGroupIsNeeded() async throws {
        let denying = try PrivateBus(denying: "org.bluez")
        let simulator = try await Simulator.start(on: denying.address)
        for arguments in [["scan"], ["pair", "Chest"], ["forget", "Chest"]] {
            let result = try await strapline(on: denying).run(arguments)
            #expect(result.status == .exited(77))
            #expect(result.error.contains("add the user to the group bluetooth"))
        }
        await simulator.stop()
    }

    @Test func commands_withoutBluetoothd_sayHowToStartIt() async throws {
        await simulator.stop()
        for arguments in [["scan"], ["pair", "Chest"], ["forget", "Chest"]] {
            let result = try await strapline.run(arguments)
            #expect(result.status == .exited(69))
            #expect(result.error.contains("sudo systemctl start bluetooth"))
        }
    }
}
