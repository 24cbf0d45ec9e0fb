import BlueZSimulator
import DBus
import HeartRate
import Timing

/// The strap of all programs, on a bluetoothd that knows it already: no program needs to scan for it.
struct BenchStrap: Sendable {
    private let simulator: Simulator
    private let address: String

    /// Runs `body` with a strap in range.
    static func running<Result: Sendable>(
        address: String, busAddress: String, _ body: (BenchStrap) async throws -> Result
    ) async throws -> Result {
        let simulator = try await Simulator.start(on: busAddress)
        await simulator.add(SimulatedStrap(address: address, name: "Bench Strap"))
        do {
            try await introduce(address, on: busAddress)
            let result = try await body(BenchStrap(simulator: simulator, address: address))
            await simulator.stop()
            return result
        } catch {
            await simulator.stop()
            throw error
        }
    }

    /// Waits until a program listens to the strap.
    func waitForSubscriber(within limit: Duration) async throws {
        do {
            try await withTimeout(limit) { [simulator, address] in try await simulator.untilSubscribed(address) }
        } catch is TimedOut {
            throw BenchError("it does not listen to the strap after \(limit)")
        }
    }

    /// Sends one measurement, with contact and one RR interval as most straps do.
    func notify(heartRate: UInt16) async throws {
        let measurement = HeartRateMeasurement(beatsPerMinute: heartRate, contact: .detected, rrIntervals: [820])
        guard await simulator.notify(address, bytes: measurement.encoded()) != nil else {
            throw BenchError("it does not listen to the strap any more")
        }
    }

    /// Goes out of range.
    func leave() async {
        await simulator.disappear(address)
    }

    /// Has the strap found and connected once: from then on bluetoothd remembers it.
    static func introduce(_ address: String, on busAddress: String) async throws {
        let bus = try await Bus.connect(to: busAddress)
        let adapter = bus.object("/org/bluez/hci0", of: "org.bluez")
        try await adapter.call("StartDiscovery", on: "org.bluez.Adapter1")
        let element = "dev_" + address.split(separator: ":").joined(separator: "_")
        guard let path = adapter.path.appending(element) else { throw BenchError("\(address) is no address") }
        let device = bus.object(path, of: "org.bluez")
        try await device.call("Connect", on: "org.bluez.Device1")
        try await device.call("Disconnect", on: "org.bluez.Device1")
        try await adapter.call("StopDiscovery", on: "org.bluez.Adapter1")
        await bus.close()
    }
}
