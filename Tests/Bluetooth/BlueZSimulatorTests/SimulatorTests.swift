import BlueZSimulator
import DBus
import HeartRate
import TestKit
import Testing

/// Drives the simulator as a client of bluetoothd would: measurements, time and the end of things.
@Suite(.timeLimit(.minutes(10)))
struct SimulatorTests {
    private let fixture: SimulatorFixture
    private let address = SimulatorFixture.address

    init() async throws {
        fixture = try await SimulatorFixture()
    }

    private var simulator: Simulator { fixture.simulator }

    @Test func strap_whenDiscoveredConnectedAndSubscribed_sendsMeasurements() async throws {
        #expect(await fixture.mirror.objects.paths(with: "org.bluez.Device1").isEmpty)
        try await fixture.connect()
        #expect(await simulator.notify(address) == nil)

        var received = try await fixture.values().makeAsyncIterator()
        try await fixture.measurement.call("StartNotify", on: "org.bluez.GattCharacteristic1")
        try await simulator.untilSubscribed(address)
        for number in 1...3 {
            let sent = await simulator.notify(address)
            #expect(sent?.number == number)
            #expect(try await received.next() == sent?.bytes)
        }
        // Equal values are signalled too.
        for _ in 1...2 {
            await simulator.notify(address, bytes: [0, 72])
            #expect(try await received.next() == [0, 72])
        }
    }

    @Test func strap_whenTwoClientsSubscribe_notifiesUntilTheLastHasGone() async throws {
        try await fixture.subscribe()
        let second = try await Bus.connect(to: fixture.daemon.address)
        var received = try await fixture.values(on: second).makeAsyncIterator()
        try await second.object(SimulatorFixture.measurementPath, of: "org.bluez")
            .call("StartNotify", on: "org.bluez.GattCharacteristic1")

        try await fixture.measurement.call("StopNotify", on: "org.bluez.GattCharacteristic1")
        let sent = await simulator.notify(address)
        #expect(try await received.next() == sent?.bytes)

        await second.close()
        try await simulator.untilSubscribed(address, false)
        #expect(await simulator.notify(address) == nil)
    }

    @Test func strap_whenFrozen_isConnectedButSilent() async throws {
        try await fixture.subscribe()
        await simulator.setFrozen(true, address)
        #expect(await simulator.notify(address) == nil)
        #expect(await simulator.status.straps[address]?.isConnected == true)
        await simulator.setFrozen(false, address)
        #expect(await simulator.notify(address) != nil)
    }

    @Test func startBeating_measuresOnceAnInterval() async throws {
        try await fixture.subscribe()
        var received = try await fixture.values().makeAsyncIterator()
        await simulator.modify(address) { $0.beats = .constant(HeartRateMeasurement(beatsPerMinute: 72)) }
        await simulator.startBeating(address)
        for _ in 1...3 {
            await fixture.clock.untilSleeping()
            fixture.clock.advance(by: .seconds(1))
            #expect(try await received.next() == [0, 72])
        }
        await simulator.stopBeating(address)
        #expect(await simulator.status.straps[address]?.measurementsSent == 3)
    }

    @Test func startBeating_whenTheClockSleepsCoarsely_keepsTheRate() async throws {
        try await fixture.subscribe()
        await simulator.startBeating(address, every: .milliseconds(1))
        await fixture.clock.untilSleeping()
        fixture.clock.advance(by: .milliseconds(250))
        try await simulator.untilSent(250, from: address)
        await fixture.clock.untilSleeping()
        #expect(await simulator.status.straps[address]?.measurementsSent == 250)
    }

    @Test func notify_whenThousands_arriveInOrderAndComplete() async throws {
        let count = 5000
        try await fixture.subscribe()
        let rule = MatchRule.propertiesChanged(sender: "org.bluez", path: SimulatorFixture.measurementPath)
        let values = try await fixture.bus.signals(matching: rule, capacity: count) { message in
            message.changedProperty("Value", of: "org.bluez.GattCharacteristic1") { (value) throws(BusError) in
                try value.readBytes()
            }
        }
        #expect(await simulator.notify(address, count: count) == count)
        var script = HeartRateScript(seed: 1)
        var received = 0
        for try await bytes in values {
            received += 1
            if bytes != script.next().encoded() { Issue.record("measurement \(received) differs") }
            if received == count { break }
        }
        #expect(values.droppedCount == 0)
    }

    @Test func onMeasurement_isToldOfWhatIsSent() async throws {
        try await fixture.subscribe()
        let sent = await simulator.notify(address)
        await simulator.setFrozen(true, address)
        await simulator.notify(address)
        fixture.measurementsSent.continuation.finish()
        var told: [SentMeasurement] = []
        for await measurement in fixture.measurementsSent.stream { told.append(measurement) }
        #expect(told == [sent])
    }

    @Test func strap_whenItGoesOutOfRange_isDisconnectedAfterSupervision() async throws {
        try await fixture.subscribe()
        await simulator.disappear(address)
        #expect(await simulator.notify(address) == nil)
        #expect(await simulator.status.straps[address]?.isConnected == true)
        await fixture.clock.untilSleeping()
        fixture.clock.advance(by: .milliseconds(420))
        try await fixture.untilDevice("Connected", is: false)
        #expect(await fixture.mirror.objects.paths(with: "org.bluez.GattCharacteristic1").isEmpty)
    }

    @Test func simulator_whenKilledAndRestarted_showsTheOldLinkUntilItDrops() async throws {
        try await fixture.connect()
        var changes = await fixture.mirror.follow().changes.makeAsyncIterator()
        await simulator.kill()
        #expect(try await changes.next() == .serviceVanished)
        try await simulator.restart()
        try await fixture.untilDevice("Connected", is: true)
        #expect(await fixture.mirror.objects.paths(with: "org.bluez.GattCharacteristic1").isEmpty)
        await fixture.clock.untilSleeping()
        fixture.clock.advance(by: .seconds(2))
        try await fixture.untilDevice("Connected", is: false)
        try await fixture.device.call("Connect", on: "org.bluez.Device1")
        try await fixture.untilDevice("ServicesResolved", is: true)
    }

    @Test func simulator_whenStopped_disconnectsStrapsFirst() async throws {
        try await fixture.connect()
        let changes = await fixture.mirror.follow().changes
        await simulator.stop()
        var wasDisconnected = false
        for try await change in changes {
            if case .changed(_, _, let properties, _) = change, properties["Connected"] == .boolean(false) {
                wasDisconnected = true
            }
            if change == .serviceVanished { break }
        }
        #expect(wasDisconnected)
        try await simulator.restart()
        try await fixture.untilDevice("Connected", is: false)
    }
}
