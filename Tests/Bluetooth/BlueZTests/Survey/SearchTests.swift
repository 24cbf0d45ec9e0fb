import BlueZSimulator
import DBus
import HeartRate
import TestKit
import Testing
import Timing

@testable import BlueZ

/// The search of a central against a simulated bluetoothd: refused, on two adapters, without signal strengths, in a
/// crowd.
@Suite(.timeLimit(.minutes(10)))
struct SearchTests {
    private static let chest = CentralFixture.chest
    private static let second = SimulatedAdapter(name: "hci1", address: "00:1A:7D:DA:71:14")

    private var strap: SimulatedStrap { SimulatedStrap(address: Self.chest, name: "Chest") }

    @Test func search_whenTheScanIsRefused_saysWhyAndGoesOnWhenItIsNot() async throws {
        let fixture = try await CentralFixture(straps: strap)
        var faults = AdapterFaults()
        faults.startDiscoveryError = BlueZError.notReady
        await fixture.simulator.setFaults(faults, ofAdapter: "hci0")
        try await fixture.run(.first) {
            await fixture.events.until {
                $0.states().contains(StrapState(phase: .searching, reason: .scanFailed(BlueZError.notReady)))
            }
            await fixture.simulator.setFaults(AdapterFaults(), ofAdapter: "hci0")
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await fixture.clock.waitOutEverything(upTo: AdapterScheduler.retry.cap) }
                await fixture.untilPhase(.subscribing)
                group.cancelAll()
            }
            try await fixture.beatUntilLive()
        }
    }

    @Test func search_whenTheFilterIsRefused_saysWhy() async throws {
        let fixture = try await CentralFixture(straps: strap)
        var faults = AdapterFaults()
        faults.setFilterError = BlueZError.failed("Not Supported")
        await fixture.simulator.setFaults(faults, ofAdapter: "hci0")
        try await fixture.run(.first) {
            await fixture.events.until { events in
                events.states().contains { $0.reason.map { "\($0)".contains("ControllerMode = dual") } ?? false }
            }
        }
    }

    @Test func search_whenPowerIsRefused_keepsBluetoothdsWords() async throws {
        var off = SimulatedAdapter()
        off.isPowered = false
        let fixture = try await CentralFixture(straps: strap, adapters: [off])
        var faults = AdapterFaults()
        faults.powerError = BlueZError.failed("Operation not possible")
        await fixture.simulator.setFaults(faults, ofAdapter: "hci0")
        try await fixture.run(.first) {
            await fixture.events.until { events in
                events.states().contains { "\($0)".contains("org.bluez.Error.Failed: Operation not possible") }
            }
        }
    }

    @Test func search_whenOnlyTheSecondAdapterHearsTheStrap_findsItThere() async throws {
        var strap = strap
        strap.hearingAdapters = ["hci1"]
        let fixture = try await CentralFixture(straps: strap, adapters: [SimulatedAdapter(), Self.second])
        try await fixture.run(.address(Scenery.address(Self.chest))) {
            try await fixture.beatUntilLive()
            #expect(await fixture.simulator.status.adapters["hci1"]?.discoveriesStarted == 1)
        }
    }

    @Test func search_whenTheFirstAdapterIsPulledOut_goesOnWithTheSecond() async throws {
        var strap = strap
        strap.hearingAdapters = ["hci0"]
        let fixture = try await CentralFixture(straps: strap, adapters: [SimulatedAdapter(), Self.second])
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.simulator.modify(Self.chest) { $0.hearingAdapters = nil }
            await fixture.simulator.removeAdapter("hci0")
            try await fixture.beatUntilLive(times: 2)
        }
    }

    @Test func search_whenNoSignalStrengthIsTold_findsTheStrapAllTheSame() async throws {
        var strap = strap
        strap.tellsSignalStrength = false
        let fixture = try await CentralFixture(straps: strap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            #expect(await fixture.simulator.status.straps[Self.chest]?.connectAttempts == 1)
        }
    }

    @Test func search_whenADeviceIsOnlyRemembered_doesNotConnectIt() async throws {
        let fixture = try await CentralFixture(straps: strap)
        await fixture.simulator.makeBond(Self.chest)
        await fixture.simulator.disappear(Self.chest)
        try await fixture.run(.address(Scenery.address(Self.chest))) {
            try await fixture.simulator.untilDiscovering()
            try await fixture.letScansPass(2)
            #expect(await fixture.simulator.status.straps[Self.chest]?.connectAttempts == 0)
        }
    }

    // MARK: A crowd

    @Test func feed_inACrowd_showsOnlyWhatConcernsAStrap() async throws {
        let fixture = try await CentralFixture(straps: strap)
        await fixture.simulator.addBystanders(200)
        let bus = try await Bus.connect(to: fixture.daemon.address)
        let mirror = try await ObjectMirror.start(of: "org.bluez", on: bus, keeping: BlueZProperties.kept)
        let feed = SnapshotFeed(showing: .straps([StrapConfiguration(name: "a", selector: .first)]))
        let shown = Recorder<BlueZSnapshot>()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await feed.follow(mirror, clock: fixture.clock) { shown.append(feed.snapshot) } }
            await shown.until { !$0.isEmpty }
            let before = shown.all.count
            await fixture.simulator.hearBystanders(5000)
            await fixture.simulator.setPowered(false)
            await shown.until { $0.last?.adapters.values.first?.isPowered == false }
            #expect(shown.all.count <= before + 2, "thousands of signals are no news")
            #expect(shown.all.allSatisfy { $0.devices.isEmpty })
            group.cancelAll()
        }
        await bus.close()
    }

    @Test func mirror_ofACrowd_keepsOnlyPolarsManufacturerData() async throws {
        var broadcaster = strap
        broadcaster.manufacturerData = [0x006B: [0x3B, 0x1B, 0x54, 0x52], 0x004C: [1]]
        let fixture = try await CentralFixture(straps: broadcaster)
        await fixture.simulator.addBystanders(1)
        let bus = try await Bus.connect(to: fixture.daemon.address)
        try await bus.object("/org/bluez/hci0", of: "org.bluez").call("StartDiscovery", on: "org.bluez.Adapter1")
        let mirror = try await ObjectMirror.start(of: "org.bluez", on: bus, keeping: BlueZProperties.kept)
        let objects = await mirror.objects
        let devices = objects.paths(with: "org.bluez.Device1")
        let data = devices.map {
            objects.property("ManufacturerData", of: "org.bluez.Device1", at: $0)?.dictionary?.count
        }
        #expect(data.compactMap(\.self).sorted() == [0, 1])
        #expect(devices.allSatisfy { objects.property("LegacyPairing", of: "org.bluez.Device1", at: $0) == nil })
        let snapshot = BlueZSnapshot(revision: 1, of: objects)
        #expect(snapshot.devices.values.compactMap(\.polarBroadcast?.beatsPerMinute) == [82])
        await bus.close()
    }
}
