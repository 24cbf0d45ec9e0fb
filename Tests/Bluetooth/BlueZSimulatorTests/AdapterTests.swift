import DBus
import TestKit
import Testing

@testable import BlueZSimulator

/// Adapter1: discovery sessions, filters, power, plugging.
@Suite(.timeLimit(.minutes(10)))
struct AdapterTests {
    private let fixture: SimulatorFixture

    init() async throws {
        fixture = try await SimulatorFixture()
    }

    private var simulator: Simulator { fixture.simulator }
    private let heartRate = "0000180d-0000-1000-8000-00805f9b34fb"

    @Test func startDiscovery_whenAnotherClientDiscovers_isASessionOfItsOwn() async throws {
        try await fixture.startDiscovery()
        let again = await fixture.error(of: "StartDiscovery", on: "org.bluez.Adapter1", at: fixture.adapter)
        #expect(again == BusError(name: "org.bluez.Error.InProgress", message: "Operation already in progress"))

        let other = try await Bus.connect(to: fixture.daemon.address)
        let adapter = other.object("/org/bluez/hci0", of: "org.bluez")
        try await adapter.call("StartDiscovery", on: "org.bluez.Adapter1")
        try await fixture.adapter.call("StopDiscovery", on: "org.bluez.Adapter1")
        #expect(try await adapter.property("Discovering", of: "org.bluez.Adapter1") == .boolean(true))
        let stopped = await fixture.error(of: "StopDiscovery", on: "org.bluez.Adapter1", at: fixture.adapter)
        #expect(stopped?.message == "No discovery started")

        // A session ends with its client.
        await other.close()
        try await simulator.until { $0.adapters["hci0"]?.isDiscovering == false }
    }

    @Test func startDiscovery_whenFilterDoesNotFit_findsNothing() async throws {
        await simulator.modify(SimulatorFixture.address) { $0.advertisedUUIDs = [] }
        await simulator.add(SimulatedStrap(address: "C0:FF:EE:00:00:02"))
        let filter = BusValue.properties(["UUIDs": .strings([heartRate]), "Transport": .string("le")])
        try await fixture.adapter.call("SetDiscoveryFilter", on: "org.bluez.Adapter1", [filter])
        try await fixture.startDiscovery()
        let found = try await fixture.mirror.first { objects in
            objects.paths(with: "org.bluez.Device1").first
        }
        #expect(found == "/org/bluez/hci0/dev_C0_FF_EE_00_00_02")
        #expect(await fixture.mirror.objects.paths(with: "org.bluez.Device1").count == 1)
    }

    @Test func device_whenNoLongerSeen_isForgottenAfterHalfAMinute() async throws {
        try await fixture.discover()
        #expect(try await fixture.device.property("RSSI", of: "org.bluez.Device1") == .int16(-60))
        try await fixture.adapter.call("StopDiscovery", on: "org.bluez.Adapter1")
        _ = try await fixture.mirror.first { objects in
            objects.property("RSSI", of: "org.bluez.Device1", at: SimulatorFixture.devicePath) == nil ? true : nil
        }
        await fixture.clock.untilSleeping()
        fixture.clock.advance(by: .seconds(30))
        _ = try await fixture.mirror.first { $0.paths(with: "org.bluez.Device1").isEmpty ? true : nil }
        let error = await fixture.error(of: "Connect", on: "org.bluez.Device1", at: fixture.device)
        #expect(error?.name == BusError.Name.unknownObject)
    }

    @Test func powered_whenSetToFalse_endsDiscoveryAndLinks() async throws {
        try await fixture.connect()
        try await fixture.adapter.set("Powered", of: "org.bluez.Adapter1", to: .boolean(false))
        try await fixture.untilDevice("Connected", is: false)
        #expect(try await fixture.adapter.property("Discovering", of: "org.bluez.Adapter1") == .boolean(false))
        for member in ["StartDiscovery", "StopDiscovery"] {
            let error = await fixture.error(of: member, on: "org.bluez.Adapter1", at: fixture.adapter)
            #expect(error == BusError(name: "org.bluez.Error.NotReady", message: "Resource Not Ready"))
        }
        let error = await fixture.error(of: "Connect", on: "org.bluez.Device1", at: fixture.device)
        #expect(error?.name == "org.bluez.Error.NotReady")
        try await fixture.adapter.set("Powered", of: "org.bluez.Adapter1", to: .boolean(true))
        try await fixture.startDiscovery()
    }

    @Test func adapter_whenUnplugged_takesItsDevicesAlong() async throws {
        try await fixture.connect()
        await simulator.removeAdapter("hci0")
        _ = try await fixture.mirror.first { $0.paths(with: "org.bluez.Adapter1").isEmpty ? true : nil }
        #expect(await fixture.mirror.objects.paths.filter { $0.isBelow("/org/bluez") }.isEmpty)
        await simulator.add(SimulatedAdapter(isPowered: false))
        let isPowered = try await fixture.mirror.first {
            $0.property("Powered", of: "org.bluez.Adapter1", at: "/org/bluez/hci0")?.boolean
        }
        #expect(!isPowered)
    }

    @Test func removeDevice_forgetsTheDevice() async throws {
        try await fixture.connect()
        let device = BusValue.objectPath(SimulatorFixture.devicePath)
        try await fixture.adapter.call("RemoveDevice", on: "org.bluez.Adapter1", [device])
        try await simulator.untilConnected(SimulatorFixture.address, false)
        let unknown = BusValue.objectPath("/org/bluez/hci0/dev_00_00_00_00_00_00")
        let error = await fixture.error(of: "RemoveDevice", on: "org.bluez.Adapter1", at: fixture.adapter, [unknown])
        #expect(error == BusError(name: "org.bluez.Error.DoesNotExist", message: "Does Not Exist"))
    }

    @Test func adapter_whenBlockedByRfkill_cannotBePoweredOnUntilUnblocked() async throws {
        await simulator.setBlocked(true)
        let error = await #expect(throws: BusError.self) {
            try await fixture.adapter.set("Powered", of: "org.bluez.Adapter1", to: .boolean(true))
        }
        #expect(error?.name == "org.bluez.Error.Failed")
        await simulator.setBlocked(false)
        #expect(try await fixture.adapter.property("Powered", of: "org.bluez.Adapter1") == .boolean(true))
    }

    @Test func advertise_whenManufacturerDataHasChanged_signalsIt() async throws {
        try await fixture.discover()
        await simulator.modify(SimulatorFixture.address) { $0.manufacturerData = [0x6B: [0x72, 0x06]] }
        await simulator.advertise()
        let data = try await fixture.mirror.first {
            $0.property("ManufacturerData", of: "org.bluez.Device1", at: SimulatorFixture.devicePath)
        }
        #expect(data == .dictionary(key: "q", value: "v", [.uint16(0x6B): .variant(.bytes([0x72, 0x06]))]))
    }

    @Test(arguments: [(false, 1), (true, World.advertisementsPerBroadcast)])
    func broadcast_isSignalledOnceUnlessDuplicatesAreAskedFor(wantsDuplicates: Bool, signalCount: Int) async throws {
        let filter = BusValue.properties(["DuplicateData": .boolean(wantsDuplicates)])
        try await fixture.adapter.call("SetDiscoveryFilter", on: "org.bluez.Adapter1", [filter])
        try await fixture.discover()
        await simulator.modify(SimulatorFixture.address) { $0.broadcasts = true }
        let rule = MatchRule.propertiesChanged(sender: "org.bluez", path: SimulatorFixture.devicePath)
        let signals = try await fixture.bus.signals(matching: rule) { message in
            message.changedProperty("ManufacturerData", of: "org.bluez.Device1") { (value) throws(BusError) in
                try value.readValue()
            }
        }
        for _ in 1...2 { try #require(await simulator.notify(SimulatorFixture.address) != nil) }
        var values: [BusValue] = []
        for try await value in signals {
            values.append(value)
            if values.count == 2 * signalCount { break }
        }
        #expect(values.prefix(signalCount).allSatisfy { $0 == values[0] })
        #expect(values[signalCount] != values[0])
    }
}
