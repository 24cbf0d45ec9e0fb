import BlueZSimulator
import DBus
import TestKit
import Testing

/// Device1 and the GATT objects below it: connecting with all its faults, reading, writing, pairing.
@Suite(.timeLimit(.minutes(10)))
struct DeviceTests {
    private let fixture: SimulatorFixture
    private let address = SimulatorFixture.address

    init() async throws {
        fixture = try await SimulatorFixture()
        try await fixture.discover()
    }

    private var simulator: Simulator { fixture.simulator }
    private var device: RemoteObject { fixture.device }

    private func connectError() async -> BusError? {
        await fixture.error(of: "Connect", on: "org.bluez.Device1", at: device)
    }

    private func setFault(_ change: (inout StrapFaults) -> Void) async {
        var faults = StrapFaults()
        change(&faults)
        await simulator.setFaults(faults, of: address)
    }

    @Test func connect_whenStrapIsOutOfRange_failsAfterFortySeconds() async throws {
        await simulator.disappear(address)
        let call = Task { await connectError() }
        try await simulator.until { $0.straps[address]?.connectAttempts == 1 }
        let second = await connectError()
        #expect(second == BusError(name: "org.bluez.Error.InProgress", message: "In Progress"))
        await fixture.clock.untilSleeping()
        fixture.clock.advance(by: .seconds(40))
        #expect(await call.value == BusError(name: "org.bluez.Error.Failed", message: "le-connection-abort-by-local"))
    }

    @Test func connect_whenStrapComesIntoRange_succeeds() async throws {
        await simulator.disappear(address)
        let call = Task { await connectError() }
        try await simulator.until { $0.straps[address]?.connectAttempts == 1 }
        await fixture.clock.untilSleeping()
        await simulator.appear(address)
        #expect(await call.value == nil)
        try await fixture.untilDevice("ServicesResolved", is: true)
        // Already connected: nothing more to do.
        #expect(await connectError() == nil)
    }

    @Test func connect_whenItHangs_isEndedByDisconnect() async throws {
        await setFault { $0.hangingConnects = 1 }
        let call = Task { await connectError() }
        try await simulator.until { $0.straps[address]?.connectAttempts == 1 }
        #expect(await connectError()?.name == "org.bluez.Error.InProgress")
        try await device.call("Disconnect", on: "org.bluez.Device1")
        #expect(await call.value?.message == "br-connection-canceled")
        #expect(await connectError() == nil)
    }

    @Test func connect_whenToldToFail_failsSoOften() async throws {
        await setFault { $0.failingConnects = 2 }
        #expect(await connectError()?.message == "le-connection-abort-by-local")
        #expect(await connectError()?.message == "le-connection-abort-by-local")
        #expect(await connectError() == nil)
    }

    @Test func services_whenLate_comeAfterServicesResolved() async throws {
        await setFault { $0.resolvesWithoutServices = 1 }
        #expect(await connectError() == nil)
        try await fixture.untilDevice("ServicesResolved", is: true)
        #expect(await fixture.mirror.objects.paths(with: "org.bluez.GattCharacteristic1").isEmpty)
        await simulator.exportLateServices(of: address)
        _ = try await fixture.mirror.first {
            $0.properties(of: "org.bluez.GattCharacteristic1", at: SimulatorFixture.measurementPath)
        }
    }

    @Test func measurement_whenCacheIsStale_isMissingUntilTheDeviceIsRemoved() async throws {
        await setFault { $0.missingMeasurements = 9 }
        #expect(await connectError() == nil)
        try await fixture.untilDevice("ServicesResolved", is: true)
        let characteristics = await fixture.mirror.objects.paths(with: "org.bluez.GattCharacteristic1")
        #expect(!characteristics.isEmpty && !characteristics.contains(SimulatorFixture.measurementPath))
        let path = BusValue.objectPath(SimulatorFixture.devicePath)
        try await fixture.adapter.call("RemoveDevice", on: "org.bluez.Adapter1", [path])
        _ = try await fixture.mirror.first { $0.properties(of: "org.bluez.Device1", at: SimulatorFixture.devicePath) }
        #expect(await connectError() == nil)
        _ = try await fixture.mirror.first {
            $0.properties(of: "org.bluez.GattCharacteristic1", at: SimulatorFixture.measurementPath)
        }
    }

    @Test func disconnect_whenByTheStrap_removesItsServices() async throws {
        #expect(await connectError() == nil)
        try await fixture.untilDevice("ServicesResolved", is: true)
        #expect(try await device.property("Percentage", of: "org.bluez.Battery1") == .byte(80))
        await simulator.setBattery(79, address)
        #expect(try await device.property("Percentage", of: "org.bluez.Battery1") == .byte(79))
        await simulator.disconnect(address)
        try await fixture.untilDevice("Connected", is: false)
        #expect(await fixture.mirror.objects.paths(with: "org.bluez.GattService1").isEmpty)
        #expect(await fixture.mirror.objects.paths(with: "org.bluez.Battery1").isEmpty)
    }

    @Test func characteristics_whenReadAndWritten_answerAsBlueZDoes() async throws {
        #expect(await connectError() == nil)
        try await fixture.untilDevice("ServicesResolved", is: true)
        let interface = "org.bluez.GattCharacteristic1"
        let location = fixture.object("/org/bluez/hci0/dev_C0_FF_EE_00_00_01/service000e/char0012")
        #expect(try await location.call("ReadValue", on: interface, [.properties([:])]) == [.bytes([1])])
        let controlPoint = fixture.object("/org/bluez/hci0/dev_C0_FF_EE_00_00_01/service000e/char0014")
        try await controlPoint.call("WriteValue", on: interface, [.bytes([1]), .properties([:])])
        let refused = await fixture.error(
            of: "WriteValue", on: interface, at: controlPoint, [.bytes([2]), .properties([:])])
        #expect(refused?.message == "Operation failed with ATT error: 0x80")
        let unreadable = await fixture.error(
            of: "ReadValue", on: interface, at: fixture.measurement, [.properties([:])])
        #expect(unreadable == BusError(name: "org.bluez.Error.NotPermitted", message: "Read not permitted"))
        let unnotifiable = await fixture.error(of: "StartNotify", on: interface, at: location)
        #expect(unnotifiable?.name == "org.bluez.Error.NotSupported")
        let notSubscribed = await fixture.error(of: "StopNotify", on: interface, at: fixture.measurement)
        #expect(notSubscribed?.message == "No notify session started")
    }
}
