import DBus
import TestKit
import Testing

@testable import BlueZSimulator

/// Adapters that refuse, adapters in range of different straps, and devices that are not straps.
@Suite(.timeLimit(.minutes(10)))
struct FaultTests {
    private let fixture: SimulatorFixture

    init() async throws {
        fixture = try await SimulatorFixture()
    }

    private var simulator: Simulator { fixture.simulator }

    @Test func startDiscovery_whenToldToFail_answersTheErrorAndStartsNothing() async throws {
        var faults = AdapterFaults()
        faults.startDiscoveryError = BlueZError.failed("Not Supported")
        await simulator.setFaults(faults)
        let error = await fixture.error(of: "StartDiscovery", on: "org.bluez.Adapter1", at: fixture.adapter)
        #expect(error == BlueZError.failed("Not Supported"))
        try await simulator.until { $0.adapters["hci0"]?.discoveriesRefused == 1 }
        #expect(await simulator.status.adapters["hci0"]?.isDiscovering == false)
    }

    @Test func startDiscovery_whenToldToIgnoreIt_succeedsAndNothingComesOfIt() async throws {
        var faults = AdapterFaults()
        faults.ignoresDiscovery = true
        await simulator.setFaults(faults)
        try await fixture.startDiscovery()
        #expect(await fixture.mirror.objects.paths(with: "org.bluez.Device1").isEmpty)
        #expect(try await fixture.adapter.property("Discovering", of: "org.bluez.Adapter1") == .boolean(false))
    }

    @Test func strap_isHeardByItsAdaptersOnly_withTheirSignalStrengths() async throws {
        await simulator.add(SimulatedAdapter(name: "hci1", address: "00:00:00:00:00:01"))
        await simulator.add(SimulatedAdapter(name: "hci2", address: "00:00:00:00:00:02"))
        await simulator.modify(SimulatorFixture.address) {
            $0.hearingAdapters = ["hci1", "hci2"]
            $0.rssiByAdapter = ["hci2": -42]
        }
        try await fixture.startDiscovery()
        for name in ["hci1", "hci2"] {
            guard let path = ObjectPath("/org/bluez/\(name)") else { continue }
            try await fixture.object(path).call("StartDiscovery", on: "org.bluez.Adapter1")
        }
        let objects = await fixture.mirror.objects
        let devices = objects.paths(with: "org.bluez.Device1")
        #expect(devices.map { objects.property("RSSI", of: "org.bluez.Device1", at: $0)?.integer } == [-60, -42])
    }

    @Test func strap_withoutASignalStrength_isSignalledWithoutOne() async throws {
        await simulator.modify(SimulatorFixture.address) { $0.tellsSignalStrength = false }
        try await fixture.discover()
        let (_, changes) = await fixture.mirror.follow()
        await simulator.advertise()
        var iterator = changes.makeAsyncIterator()
        guard case .changed(_, _, let properties, _) = try await iterator.next() else {
            Issue.record("no change")
            return
        }
        #expect(Array(properties.keys) == ["UUIDs"])
    }

    @Test func bystanders_advertiseInTurn() async throws {
        await simulator.addBystanders(3)
        let devices = try await fixture.mirror.first { objects in
            let devices = objects.paths(with: "org.bluez.Device1")
            return devices.count == 3 ? devices : nil
        }
        let (_, changes) = await fixture.mirror.follow()
        await simulator.hearBystanders(6)
        var heard: [ObjectPath: Int] = [:]
        for try await change in changes {
            if case .changed(let path, _, let properties, _) = change, properties["RSSI"] != nil {
                heard[path, default: 0] += 1
            }
            if heard.values.reduce(0, +) == 6 { break }
        }
        #expect(heard == Dictionary(uniqueKeysWithValues: devices.map { ($0, 2) }))
    }
}
