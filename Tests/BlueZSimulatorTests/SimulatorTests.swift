import BlueZSimulator
import DBus
import HeartRate
import TestKit
import Testing

/// Drives the simulator as a client of bluetoothd would.
@Suite(.timeLimit(.minutes(1)))
struct SimulatorTests {
    private static let address = "C0:FF:EE:00:00:01"
    private static let devicePath: ObjectPath = "/org/bluez/hci0/dev_C0_FF_EE_00_00_01"
    private static let measurementPath: ObjectPath = "/org/bluez/hci0/dev_C0_FF_EE_00_00_01/service000e/char000f"

    private let daemon: PrivateBus
    private let clock = ManualClock()
    private let simulator: Simulator
    private let bus: Bus
    private let mirror: ObjectMirror

    init() async throws {
        daemon = try PrivateBus()
        simulator = try await Simulator.start(on: daemon.address, clock: clock)
        bus = try await Bus.connect(to: daemon.address)
        mirror = try await ObjectMirror.start(of: "org.bluez", on: bus)
    }

    private var adapter: RemoteObject { bus.object("/org/bluez/hci0", of: "org.bluez") }
    private var device: RemoteObject { bus.object(Self.devicePath, of: "org.bluez") }
    private var measurement: RemoteObject { bus.object(Self.measurementPath, of: "org.bluez") }

    private func discover() async throws {
        try await adapter.call("StartDiscovery", on: "org.bluez.Adapter1")
        _ = try await mirror.first { $0.properties(of: "org.bluez.Device1", at: Self.devicePath) }
    }

    private func connect() async throws {
        try await discover()
        try await device.call("Connect", on: "org.bluez.Device1")
        _ = try await mirror.first {
            $0.property("ServicesResolved", of: "org.bluez.Device1", at: Self.devicePath)?.boolean == true ? true : nil
        }
    }

    private func values() async throws -> SignalStream<[UInt8]> {
        let rule = MatchRule.propertiesChanged(sender: "org.bluez", path: Self.measurementPath)
        return try await bus.signals(matching: rule) { message in
            message.changedProperty("Value", of: "org.bluez.GattCharacteristic1") { (value) throws(BusError) in
                try value.readBytes()
            }
        }
    }

    @Test func strap_whenDiscoveredConnectedAndSubscribed_sendsMeasurements() async throws {
        await simulator.add(SimulatedStrap(address: Self.address, name: "Strap"))
        #expect(await mirror.objects.paths(with: "org.bluez.Device1").isEmpty)
        try await connect()
        #expect(await simulator.notify(Self.address) == nil)

        var received = try await values().makeAsyncIterator()
        try await measurement.call("StartNotify", on: "org.bluez.GattCharacteristic1")
        try await simulator.untilSubscribed(Self.address)
        for number in 1...3 {
            let sent = await simulator.notify(Self.address)
            #expect(sent?.number == number)
            #expect(try await received.next() == sent?.bytes)
        }
        // Equal values are signalled too.
        for _ in 1...2 {
            await simulator.notify(Self.address, bytes: [0, 72])
            #expect(try await received.next() == [0, 72])
        }
    }

    @Test func connect_whenStrapIsOutOfRange_failsAfterTimeout() async throws {
        await simulator.add(SimulatedStrap(address: Self.address))
        try await discover()
        await simulator.disappear(Self.address)
        async let result: [BusValue] = device.call("Connect", on: "org.bluez.Device1", timeout: nil)
        try await simulator.until { $0.straps[Self.address]?.connectAttempts == 1 }
        await clock.untilSleeping()
        clock.advance(by: .seconds(40))
        do {
            _ = try await result
            Issue.record("Connect succeeded")
        } catch let error as BusError {
            #expect(error.name == "org.bluez.Error.Failed")
            #expect(error.message == "le-connection-abort-by-local")
        }
    }

    @Test func strap_whenItGoesOutOfRange_isDisconnectedAfterSupervision() async throws {
        await simulator.add(SimulatedStrap(address: Self.address))
        try await connect()
        await simulator.disappear(Self.address)
        await clock.untilSleeping()
        clock.advance(by: .milliseconds(420))
        _ = try await mirror.first {
            $0.property("Connected", of: "org.bluez.Device1", at: Self.devicePath)?.boolean == false ? true : nil
        }
        #expect(await mirror.objects.paths(with: "org.bluez.GattCharacteristic1").isEmpty)
    }

    @Test func simulator_whenKilledAndRestarted_comesBack() async throws {
        await simulator.add(SimulatedStrap(address: Self.address))
        try await connect()
        let (_, changes) = await mirror.follow()
        await simulator.kill()
        var iterator = changes.makeAsyncIterator()
        #expect(try await iterator.next() == .serviceVanished)
        try await simulator.restart()
        let connected = try await mirror.first {
            $0.property("Connected", of: "org.bluez.Device1", at: Self.devicePath)?.boolean
        }
        #expect(connected)
        clock.advance(by: .seconds(2))
        try await simulator.untilConnected(Self.address, false)
    }
}
