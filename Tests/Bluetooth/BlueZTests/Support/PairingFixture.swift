import BlueZSimulator
import DBus
import Logging
import TestKit

@testable import BlueZ

/// A user who pairs a strap, and a simulated bluetoothd on a bus of its own, each with a clock that the test moves.
final class PairingFixture: Sendable {
    static let address = CentralFixture.chest

    let daemon: PrivateBus
    let simulator: Simulator
    let clock = ManualClock()
    let bluetoothClock = ManualClock()
    /// As in ``CentralFixture``.
    let callClock = ManualClock()
    let dialogue: ScriptedDialogue
    let radioSwitches = Watched<[RadioSwitch]>([])

    init(
        _ strap: SimulatedStrap?, isInteractive: Bool = false, adapters: [SimulatedAdapter] = [SimulatedAdapter()]
    ) async throws {
        daemon = try PrivateBus()
        simulator = try await Simulator.start(on: daemon.address, adapters: adapters, clock: bluetoothClock)
        dialogue = ScriptedDialogue(isInteractive: isInteractive)
        if let strap { await simulator.add(strap) }
    }

    var bluetooth: Bluetooth { bluetooth(on: nil) }

    func bluetooth(on adapter: BluetoothAddress?) -> Bluetooth {
        let address = daemon.address
        return Bluetooth(
            adapter: adapter, time: ManualTime(), clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            radioSwitches: { [radioSwitches] in radioSwitches.value },
            openBus: { [callClock] in try await Bus.connect(to: address, clock: callClock) })
    }

    /// Pairs while the strap beats as soon as it is listened to.
    func pair(
        _ selector: StrapSelector = .address(Scenery.address(address)), always: Bool = false
    ) async -> Result<NearbyDevice, PairingError> {
        let trusted = dialogue.trustedCount
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { [simulator] in
                // Not before `listening`: packets during the marking as trusted do not count.
                await self.dialogue.untilTrusted(after: trusted)
                for _ in 0..<PairingLimits.measurements { await simulator.notify(Self.address) }
            }
            defer { group.cancelAll() }
            let request = PairingRequest(selector: selector, pairsAlways: always)
            do throws(PairingError) {
                return .success(try await bluetooth.pair(request, with: dialogue, until: { await Self.forEver() }))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Until the task is cancelled.
    private static func forEver() async { await Watched(false).until { $0 } }

    /// A client of its own, such as a desktop.
    func desktop() async throws -> (Bus, ObjectMirror) {
        let bus = try await Bus.connect(to: daemon.address, clock: callClock)
        return (bus, try await ObjectMirror.start(of: "org.bluez", on: bus))
    }

    /// A desktop that scans, and has heard this number of devices. bluetoothd shows all of them to the next client at
    /// once.
    func desktopThatHears(_ count: Int) async throws -> Bus {
        let (bus, mirror) = try await desktop()
        try await bus.object("/org/bluez/hci0", of: "org.bluez").call("StartDiscovery", on: "org.bluez.Adapter1")
        _ = try await mirror.first { $0.paths(with: "org.bluez.Device1").count == count ? count : nil }
        return bus
    }

    /// Somebody else connects to the strap.
    func connectElsewhere() async throws -> Bus {
        let (bus, mirror) = try await desktop()
        try await bus.object("/org/bluez/hci0", of: "org.bluez").call("StartDiscovery", on: "org.bluez.Adapter1")
        let device = try await mirror.first { $0.paths(with: "org.bluez.Device1").first }
        try await bus.object(device, of: "org.bluez").call("Connect", on: "org.bluez.Device1")
        try await bus.object("/org/bluez/hci0", of: "org.bluez").call("StopDiscovery", on: "org.bluez.Adapter1")
        return bus
    }
}
