import BlueZSimulator
import DBus
import HeartRate
import Logging
import TestKit
import Timing

@testable import BlueZ

/// A ``HeartRateCentral`` and a simulated bluetoothd on a bus of their own, each with a clock that the test moves.
final class CentralFixture: Sendable {
    static let chest = "C0:FF:EE:00:00:01"
    static let arm = "C0:FF:EE:00:00:02"

    let daemon: PrivateBus
    let simulator: Simulator
    /// The clock of the sessions.
    let clock = ManualClock()
    /// The clock of bluetoothd and of the straps.
    let bluetoothClock = ManualClock()
    /// The clock of the calls to bluetoothd. It stands still, so that no call times out on a busy machine.
    let callClock = ManualClock()
    let time = ManualTime()
    let events = Recorder<StrapEvent>()
    let radioSwitches = Watched<[RadioSwitch]>([])

    init(
        straps: SimulatedStrap..., adapters: [SimulatedAdapter] = [SimulatedAdapter()],
        timing: SimulatorTiming = SimulatorTiming()
    ) async throws {
        daemon = try PrivateBus()
        simulator = try await Simulator.start(
            on: daemon.address, adapters: adapters, timing: timing, clock: bluetoothClock)
        for strap in straps { await simulator.add(strap) }
    }

    /// Runs a central for these straps beside `body`, and cancels it afterwards.
    func run(
        _ selectors: StrapSelector..., renewingBonds: Bool = false,
        while body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await run(Self.configurations(selectors, renewingBonds: renewingBonds), while: body)
    }

    func run(_ straps: [StrapConfiguration], while body: @escaping @Sendable () async throws -> Void) async throws {
        let central = central(straps)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await central.run() }
            try await body()
            group.cancelAll()
        }
    }

    private static func configurations(
        _ selectors: [StrapSelector], renewingBonds: Bool = false
    ) -> [StrapConfiguration] {
        selectors.enumerated().map { StrapConfiguration(name: "strap \($0)", selector: $1, renewsBond: renewingBonds) }
    }

    func central(_ selectors: [StrapSelector]) -> HeartRateCentral { central(Self.configurations(selectors)) }

    func central(_ straps: [StrapConfiguration]) -> HeartRateCentral {
        let address = daemon.address
        return HeartRateCentral(
            straps: straps, time: time, clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            radioSwitches: { [radioSwitches] in radioSwitches.value },
            openBus: { [callClock] in try await Bus.connect(to: address, clock: callClock) },
            deliver: { [events] in for event in $0 { events.append(event) } })
    }

    /// Waits until the strap has been in this phase so many times.
    func untilPhase(_ phase: StrapState.Phase, of strap: String = "strap 0", times: Int = 1) async {
        await events.until { $0.states(of: strap).filter { $0.phase == phase }.count >= times }
    }

    /// Waits until the strap has been in this phase since it was last in the other.
    func untilPhase(_ phase: StrapState.Phase, after earlier: StrapState.Phase, of strap: String = "strap 0") async {
        await events.until { events in
            let phases = events.phases(of: strap)
            return phases.lastIndex(of: earlier).map { phases[$0...].contains(phase) } ?? false
        }
    }

    /// Lets the strap measure once it is subscribed to, and waits until the central calls it live for the given time.
    /// The measurement is recorded then.
    func beatUntilLive(_ address: String = chest, as strap: String = "strap 0", times: Int = 1) async throws {
        try await simulator.until {
            ($0.straps[address]?.subscriptions ?? 0) >= times && $0.straps[address]?.isSubscribed == true
        }
        await simulator.notify(address)
        await events.until { $0.hasMeasuredLive(strap, times: times) }
    }

    /// Somebody else connects to the strap.
    func connectElsewhere() async throws -> (Bus, ObjectMirror) {
        let bus = try await Bus.connect(to: daemon.address, clock: callClock)
        let mirror = try await ObjectMirror.start(of: "org.bluez", on: bus)
        try await bus.object("/org/bluez/hci0", of: "org.bluez").call("StartDiscovery", on: "org.bluez.Adapter1")
        let device = try await mirror.first { $0.paths(with: "org.bluez.Device1").first }
        try await bus.object(device, of: "org.bluez").call("Connect", on: "org.bluez.Device1")
        return (bus, mirror)
    }

    /// Somebody else connects to the strap and listens to it.
    func listenElsewhere() async throws -> Bus {
        let (bus, mirror) = try await connectElsewhere()
        let interface = "org.bluez.GattCharacteristic1"
        let measurement = try await mirror.first { objects in
            objects.paths(with: interface).first {
                objects.properties(of: interface, at: $0)?["UUID"]?.string == GATT.heartRateMeasurement
            }
        }
        try await bus.object(measurement, of: "org.bluez").call("StartNotify", on: interface)
        return bus
    }

    /// Lets the time of the sessions pass. Work that must end by then must have begun.
    func wait(_ duration: Duration) {
        clock.advance(by: duration)
    }

    /// Waits until a scan is on, and lets the time of the sessions pass until it was renewed so many times, and no
    /// longer.
    func letScansPass(_ count: Int, adapter: String = "hci0") async throws {
        // A scan that begins later would be counted as its own renewal.
        try await simulator.untilDiscovering(adapter)
        let last = (await simulator.status.adapters[adapter]?.discoveriesStarted ?? 0) + count
        await clock.waitOutEverything(upTo: AdapterScheduler.scanRenewal) {
            (await simulator.status.adapters[adapter]?.discoveriesStarted ?? 0) >= last
        }
    }

    /// Lets the pauses between attempts pass until the strap is no longer blocked.
    func waitOutBlockage(of strap: String = "strap 0") async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [clock] in await clock.waitOutEverything(upTo: BlueZClient.reconnect.cap) }
            await events.until { $0.phases(of: strap).last != .blocked }
            group.cancelAll()
        }
    }
}

extension [StrapEvent] {
    func states(of strap: String = "strap 0") -> [StrapState] {
        compactMap { if case .state(let state) = $0.kind, $0.strap == strap { state } else { nil } }
    }

    func phases(of strap: String = "strap 0") -> [StrapState.Phase] { states(of: strap).map(\.phase) }

    func measurements(of strap: String = "strap 0") -> [HeartRateMeasurement] {
        compactMap { if case .measurement(let measurement) = $0.kind, $0.strap == strap { measurement } else { nil } }
    }

    /// Whether the strap was live so many times. The measurement that made it live follows the state.
    func hasMeasuredLive(_ strap: String, times: Int) -> Bool {
        var count = 0
        for event in self where event.strap == strap {
            switch event.kind {
            case .state(let state) where state.phase == .live: count += 1
            case .measurement where count >= times: return true
            default: break
            }
        }
        return false
    }
}
