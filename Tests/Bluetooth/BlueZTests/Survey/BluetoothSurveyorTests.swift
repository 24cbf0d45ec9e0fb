import BlueZSimulator
import DBus
import TestKit
import Testing

@testable import BlueZ

@Suite(.timeLimit(.minutes(10))) struct BluetoothSurveyorTests {
    private static let chest = "C0:FF:EE:00:00:01"
    private static let arm = "C0:FF:EE:00:00:02"

    private let daemon: PrivateBus
    private let clock = ManualClock()

    init() throws {
        daemon = try PrivateBus()
    }

    private var surveyor: BluetoothSurveyor {
        let address = daemon.address
        // The limit is that of the surveyor: the clock of the calls stands still.
        return BluetoothSurveyor(clock: clock) { try await Bus.connect(to: address, clock: ManualClock()) }
    }

    private func strap(_ selector: StrapSelector, adapter: String? = nil) -> StrapConfiguration {
        StrapConfiguration(name: "\(selector)", selector: selector, adapter: adapter.flatMap(BluetoothAddress.init))
    }

    private func address(_ text: String) throws -> StrapSelector {
        .address(try #require(BluetoothAddress(text)))
    }

    /// Another program of the machine connects to the strap.
    private func connect(_ address: String, through bus: Bus) async throws {
        let mirror = try await ObjectMirror.start(of: "org.bluez", on: bus)
        let adapter = bus.object("/org/bluez/hci0", of: "org.bluez")
        try await adapter.call("StartDiscovery", on: "org.bluez.Adapter1")
        let device = try await mirror.first { objects in
            objects.paths(with: "org.bluez.Device1").first {
                objects.property("Address", of: "org.bluez.Device1", at: $0)?.string == address
            }
        }
        try await adapter.call("StopDiscovery", on: "org.bluez.Adapter1")
        try await bus.object(device, of: "org.bluez").call("Connect", on: "org.bluez.Device1")
    }

    @Test func survey_withoutStraps_showsAdaptersAndDoesNotScan() async throws {
        let adapters = [
            SimulatedAdapter(), SimulatedAdapter(name: "hci1", address: "00:00:00:00:00:01", isPowered: false),
        ]
        let simulator = try await Simulator.start(on: daemon.address, adapters: adapters)
        let survey = try await surveyor.survey(lookingFor: [])
        #expect(survey.adapters.map(\.name) == ["hci0", "hci1"])
        #expect(survey.adapters.map(\.isPowered) == [true, false])
        #expect(survey.straps.isEmpty)
        let status = await simulator.status
        #expect(status.adapters.values.allSatisfy { $0.discoveriesStarted == 0 })
    }

    @Test func survey_whenStrapIsConnected_countsTheLinkAndDoesNotScan() async throws {
        let simulator = try await Simulator.start(on: daemon.address)
        await simulator.add(SimulatedStrap(address: Self.chest, name: "Strap"))
        let other = try await Bus.connect(to: daemon.address)
        try await connect(Self.chest, through: other)
        let survey = try await surveyor.survey(lookingFor: [strap(.name("Strap"))])
        #expect(survey.straps.map(\.sighting) == [.connected])
        #expect(survey.straps.first?.device?.address.description == Self.chest)
        #expect(survey.adapters.map(\.linkCount) == [1])
        #expect(await simulator.status.adapters["hci0"]?.discoveriesStarted == 1, "the other program's")
        await other.close()
    }

    @Test func survey_whenStrapAdvertises_hearsItsSignal_andEndsTheScan() async throws {
        let simulator = try await Simulator.start(on: daemon.address)
        await simulator.add(SimulatedStrap(address: Self.chest, name: "Strap"))
        await simulator.modify(Self.chest) { $0.rssi = -91 }
        let survey = try await surveyor.survey(lookingFor: [strap(try address(Self.chest))])
        #expect(survey.straps.map(\.sighting) == [.heard(signalStrength: -91)])
        try await simulator.until { $0.adapters["hci0"]?.isDiscovering == false }
        #expect(await simulator.status.straps[Self.chest]?.connectAttempts == 0)
    }

    @Test func survey_whenTheScanIsRefused_keepsBluetoothdsWords() async throws {
        let simulator = try await Simulator.start(on: daemon.address)
        var faults = AdapterFaults()
        faults.startDiscoveryError = BlueZError.notReady
        await simulator.setFaults(faults)
        let survey = try await surveyor.survey(lookingFor: [strap(.first)])
        #expect(survey.straps.map(\.sighting) == [.notLookedFor])
        #expect(survey.adapters.map(\.scanFailure?.answer) == ["\(BlueZError.notReady)"])
    }

    @Test func survey_whenTheSecondAdapterHearsTheStrapWithoutASignalStrength_findsIt() async throws {
        let second = SimulatedAdapter(name: "hci1", address: "00:00:00:00:00:01")
        let simulator = try await Simulator.start(on: daemon.address, adapters: [SimulatedAdapter(), second])
        var chest = SimulatedStrap(address: Self.chest, name: "Strap")
        chest.hearingAdapters = ["hci1"]
        chest.tellsSignalStrength = false
        await simulator.add(chest)
        let survey = try await surveyor.survey(lookingFor: [strap(.name("Strap"))])
        #expect(survey.straps.map(\.sighting) == [.heard(signalStrength: nil)])
    }

    @Test func survey_ofAStrapNamedByAPrivateAddress_saysSo() async throws {
        let simulator = try await Simulator.start(on: daemon.address)
        let watch = "48:11:22:33:44:55"
        await simulator.add(SimulatedStrap(address: watch, name: "Watch"))
        let survey = try await surveyor.survey(lookingFor: [strap(try address(watch))])
        #expect(survey.straps.map(\.hasPrivateAddress) == [true])
        #expect(survey.straps.first?.device?.name == "Watch")
    }

    @Test func survey_whenStrapIsNotHeard_endsAfterTheScanLimit() async throws {
        let simulator = try await Simulator.start(on: daemon.address)
        async let survey = surveyor.survey(lookingFor: [strap(.first)])
        try await simulator.untilDiscovering()
        await clock.waitOut(BluetoothSurveyor.scanLimit)
        #expect(try await survey.straps.map(\.sighting) == [.notHeard])
    }

    @Test func survey_whenOneStrapIsNamed_leavesTheOtherToTheStrapThatTakesAny() async throws {
        let simulator = try await Simulator.start(on: daemon.address)
        await simulator.add(SimulatedStrap(address: Self.chest, name: "Strap"))
        await simulator.add(SimulatedStrap(address: Self.arm, name: "Band"))
        await simulator.modify(Self.arm) { $0.rssi = -80 }
        let survey = try await surveyor.survey(lookingFor: [strap(.first), strap(.name("Strap"))])
        #expect(survey.straps.map { $0.device?.name } == ["Band", "Strap"])
    }

    @Test func survey_whenTheStrapsAdapterIsOff_doesNotLookForIt_norSwitchOn() async throws {
        let off = SimulatedAdapter(name: "hci1", address: "00:00:00:00:00:01", isPowered: false)
        let simulator = try await Simulator.start(on: daemon.address, adapters: [SimulatedAdapter(), off])
        await simulator.add(SimulatedStrap(address: Self.chest, name: "Strap"))
        let survey = try await surveyor.survey(lookingFor: [strap(.first, adapter: off.address)])
        #expect(survey.straps.map(\.sighting) == [.notLookedFor])
        #expect(await simulator.status.adapters["hci1"]?.isPowered == false)
    }

    @Test func survey_withoutBluetoothd_saysSo() async throws {
        await #expect(throws: BluetoothSurveyError.bluetoothdMissing) { try await surveyor.survey(lookingFor: []) }
    }

    @Test func survey_withoutBus_keepsTheBusesWords() async throws {
        daemon.kill()
        let error = await #expect(throws: BluetoothSurveyError.self) { try await surveyor.survey(lookingFor: []) }
        guard case .busUnreachable(let why) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(why.contains("cannot connect to \(daemon.address)"))
    }

    @Test func survey_whenBusHangs_givesUp() async throws {
        daemon.freeze()
        async let waiting: Void = clock.waitOut(BluetoothSurveyor.answerLimit)
        let error = await #expect(throws: BluetoothSurveyError.self) { try await surveyor.survey(lookingFor: []) }
        #expect(error == .busUnreachable("no answer after 5.0 seconds"))
        await waiting
        daemon.resume()
    }

    @Test func survey_whenThePolicyDenies_saysSo() async throws {
        let daemon = try PrivateBus(denying: "org.bluez")
        let simulator = try await Simulator.start(on: daemon.address)
        let surveyor = BluetoothSurveyor(clock: clock) { [address = daemon.address] in
            try await Bus.connect(to: address)
        }
        let error = await #expect(throws: BluetoothSurveyError.self) { try await surveyor.survey(lookingFor: []) }
        guard case .accessDenied(let why) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(why.contains("AccessDenied"))
        await simulator.stop()
    }
}
