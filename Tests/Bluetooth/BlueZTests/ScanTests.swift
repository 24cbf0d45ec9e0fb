import BlueZSimulator
import DBus
import HeartRate
import TestKit
import Testing

@testable import BlueZ

@Suite(.timeLimit(.minutes(10)))
struct ScanTests {
    private let fixture: PairingFixture
    private let shown = Watched<[[NearbyDevice]]>([])

    init() async throws {
        var strap = SimulatedStrap(address: PairingFixture.address, name: "Chest")
        strap.rssi = -50
        fixture = try await PairingFixture(strap)
    }

    /// Scans while `body` runs.
    private func scan(
        on adapter: BluetoothAddress? = nil, while body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let isOver = Watched(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [bluetooth = fixture.bluetooth(on: adapter), shown] in
                try await bluetooth.scan(until: { await isOver.until(\.self) }) { devices in
                    shown.change { $0.append(devices) }
                }
            }
            group.addTask {
                try await body()
                isOver.change { $0 = true }
            }
            // The first error ends the others.
            for try await _ in group {}
        }
    }

    private func until(_ condition: @escaping @Sendable ([NearbyDevice]) -> Bool) async {
        await shown.until { $0.last.map(condition) ?? false }
    }

    @Test func scan_whenStrapsAreThere_showsWhatTheyAre() async throws {
        var broadcaster = SimulatedStrap(address: CentralFixture.arm)
        broadcaster.advertisedUUIDs = []
        broadcaster.manufacturerData = [0x006B: [0x02, 0x00, 0x48]]
        await fixture.simulator.add(broadcaster)
        try await scan { await until { $0.count == 2 } }
        let devices = try #require(shown.value.last)
        #expect(devices.map(\.name) == ["Chest", nil])
        #expect(devices.map(\.signalStrength) == [-50, -60])
        #expect(devices.map(\.offersHeartRate) == [true, false])
        #expect(devices.map(\.broadcast?.beatsPerMinute) == [nil, 72])
        try await fixture.simulator.until { $0.adapters["hci0"]?.isDiscovering == false }
    }

    /// This program itself may serve a heart rate on another adapter.
    @Test func scan_whenAnotherAdapterOfThisMachineAdvertises_doesNotShowIt() async throws {
        let own = "00:1A:7D:DA:71:99"
        await fixture.simulator.add(SimulatedAdapter(name: "hci1", address: own))
        var advertisement = SimulatedStrap(address: own, name: "Strapline chest")
        advertisement.addressType = "public"
        advertisement.hearingAdapters = ["hci0"]
        await fixture.simulator.add(advertisement)
        try await scan {
            await until { !$0.isEmpty }
            await fixture.simulator.modify(PairingFixture.address) { $0.rssi = -40 }
            await fixture.simulator.advertise()
            await until { $0.first?.signalStrength == -40 }
        }
        #expect(shown.value.allSatisfy { $0.allSatisfy { $0.name == "Chest" } })
    }

    @Test func scan_whenSignalMoves_showsIt() async throws {
        try await scan {
            await until { $0.first?.signalStrength == -50 }
            await fixture.simulator.modify(PairingFixture.address) { $0.rssi = -71 }
            await fixture.simulator.advertise()
            await until { $0.first?.signalStrength == -71 }
        }
    }

    @Test func scan_whenStartedAnew_keepsTheSignal() async throws {
        try await scan {
            await until { $0.first?.signalStrength == -50 }
            await fixture.clock.waitOut(AdapterScheduler.scanRenewal)
            try await fixture.simulator.until { ($0.adapters["hci0"]?.discoveriesStarted ?? 0) >= 2 }
        }
        #expect(shown.value.allSatisfy { $0.allSatisfy { $0.signalStrength == -50 } })
    }

    @Test func scan_whenSomebodyElseIsConnected_showsItAndLeavesTheLink() async throws {
        let other = try await fixture.connectElsewhere()
        try await scan { await until { $0.first?.isConnected == true && $0.first?.batteryPercent == 80 } }
        await fixture.simulator.setBattery(79, PairingFixture.address)
        #expect(await fixture.simulator.status.straps[PairingFixture.address]?.isConnected == true)
        await other.close()
    }

    @Test func scan_whenBatteryChanges_showsIt() async throws {
        let other = try await fixture.connectElsewhere()
        try await scan {
            await until { $0.first?.batteryPercent == 80 }
            await fixture.simulator.setBattery(79, PairingFixture.address)
            await until { $0.first?.batteryPercent == 79 }
        }
        await other.close()
    }

    @Test func scan_withAnAdapterThatIsNotThere_saysSo() async throws {
        let missing = Scenery.address("00:00:00:00:00:09")
        await #expect(throws: PairingError.machine(.adapterMissing(missing))) {
            try await scan(on: missing) { await Watched(false).until(\.self) }
        }
    }

    @Test func scan_whenAdapterIsSwitchedOff_ends() async throws {
        await #expect(throws: PairingError.self) {
            try await scan {
                await until { !$0.isEmpty }
                await fixture.simulator.setPowered(false)
                await Watched(false).until(\.self)
            }
        }
    }

    // MARK: Forget

    @Test func forget_whenNothingFits_saysSo() async throws {
        await #expect(throws: PairingError.unknown(.name("Leg"))) { try await fixture.bluetooth.forget(.name("Leg")) }
    }

    @Test func forget_whenSeveralFit_forgetsNone() async throws {
        await fixture.simulator.add(SimulatedStrap(address: CentralFixture.arm, name: "Chest"))
        try await scan {
            await until { $0.count == 2 }
            await #expect(throws: PairingError.self) { try await fixture.bluetooth.forget(.name("Chest")) }
        }
        #expect(shown.value.last?.count == 2)
    }

    @Test func forget_byAddress_removesTheDevice() async throws {
        let (bus, mirror) = try await fixture.desktop()
        let other = try await fixture.connectElsewhere()
        let forgotten = try await fixture.bluetooth.forget(.address(Scenery.address(PairingFixture.address)))
        #expect(forgotten.name == "Chest")
        _ = try await mirror.first { $0.paths(with: "org.bluez.Device1").isEmpty ? true : nil }
        await bus.close()
        await other.close()
    }
}
