import BlueZSimulator
import DBus
import TestKit

/// A simulator with one adapter and one strap, and a client of it, on a bus of their own.
struct SimulatorFixture {
    static let address = "C0:FF:EE:00:00:01"
    static let devicePath: ObjectPath = "/org/bluez/hci0/dev_C0_FF_EE_00_00_01"
    static let measurementPath: ObjectPath = "/org/bluez/hci0/dev_C0_FF_EE_00_00_01/service000e/char000f"

    let daemon: PrivateBus
    let clock = ManualClock()
    let measurementsSent = AsyncStream.makeStream(of: SentMeasurement.self)
    let simulator: Simulator
    let bus: Bus
    let mirror: ObjectMirror

    init() async throws {
        daemon = try PrivateBus()
        let sent = measurementsSent.continuation
        simulator = try await Simulator.start(on: daemon.address, clock: clock) { sent.yield($0) }
        // A clock that stands still: no call times out on a busy machine.
        bus = try await Bus.connect(to: daemon.address, clock: ManualClock())
        mirror = try await ObjectMirror.start(of: "org.bluez", on: bus)
        await simulator.add(SimulatedStrap(address: Self.address, name: "Strap"))
    }

    var adapter: RemoteObject { object("/org/bluez/hci0") }
    var device: RemoteObject { object(Self.devicePath) }
    var measurement: RemoteObject { object(Self.measurementPath) }

    func object(_ path: ObjectPath) -> RemoteObject { bus.object(path, of: "org.bluez") }

    func startDiscovery() async throws {
        try await adapter.call("StartDiscovery", on: "org.bluez.Adapter1")
    }

    /// Discovers and waits for the device.
    func discover() async throws {
        try await startDiscovery()
        _ = try await mirror.first { $0.properties(of: "org.bluez.Device1", at: Self.devicePath) }
    }

    /// Discovers, connects, and waits for the services.
    func connect() async throws {
        try await discover()
        try await device.call("Connect", on: "org.bluez.Device1")
        try await untilDevice("ServicesResolved", is: true)
    }

    /// Connects and subscribes.
    func subscribe() async throws {
        try await connect()
        try await measurement.call("StartNotify", on: "org.bluez.GattCharacteristic1")
    }

    func untilDevice(_ property: String, is expected: Bool) async throws {
        _ = try await mirror.first { objects in
            objects.property(property, of: "org.bluez.Device1", at: Self.devicePath)?.boolean == expected ? true : nil
        }
    }

    /// The values of Heart Rate Measurement as a client receives them.
    func values(on bus: Bus? = nil) async throws -> SignalStream<[UInt8]> {
        let rule = MatchRule.propertiesChanged(sender: "org.bluez", path: Self.measurementPath)
        return try await (bus ?? self.bus).signals(matching: rule) { message in
            message.changedProperty("Value", of: "org.bluez.GattCharacteristic1") { (value) throws(BusError) in
                try value.readBytes()
            }
        }
    }

    /// What a call that must fail answers.
    func error(
        of member: String, on interface: String, at object: RemoteObject, _ arguments: [BusValue] = []
    ) async -> BusError? {
        do {
            try await object.call(member, on: interface, arguments)
            return nil
        } catch {
            return error as? BusError
        }
    }
}
