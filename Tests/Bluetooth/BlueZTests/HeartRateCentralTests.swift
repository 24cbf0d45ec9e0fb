import BlueZSimulator
import DBus
import HeartRate
import Logging
import ServiceLifecycle
import TestKit
import Testing

@testable import BlueZ

@Suite(.timeLimit(.minutes(10)))
struct HeartRateCentralTests {
    private static let chest = CentralFixture.chest
    private static let arm = CentralFixture.arm
    private static let chestStrap = SimulatedStrap(address: chest, name: "Chest")
    private static let armStrap = SimulatedStrap(address: arm, name: "Arm", seed: 2)

    // MARK: A good day

    @Test(arguments: [StrapSelector.first, .name("Chest"), .address(Scenery.address(chest))])
    func central_whenStrapIsInRange_deliversWhatItMeasures(selector: StrapSelector) async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(selector) {
            try await fixture.simulator.untilSubscribed(Self.chest)
            await fixture.simulator.notify(Self.chest, bytes: [0x16, 0x4D, 0x16, 0x03])
            await fixture.untilPhase(.live)
            await fixture.events.until { !$0.measurements().isEmpty }
            // Whether the services are seen unresolved is a matter of luck.
            let phases = fixture.events.all.phases().filter { $0 != .resolving }
            #expect(phases == [.searching, .connecting, .subscribing, .live])
        }
        let expected = HeartRateMeasurement(beatsPerMinute: 77, contact: .detected, rrIntervals: [790])
        #expect(fixture.events.all.measurements() == [expected])
        #expect(fixture.events.all.last?.at == fixture.time.now())
        #expect(fixture.events.all.states().last?.device?.description == "Chest (C0:FF:EE:00:00:01)")
    }

    @Test func central_whenPacketsAreMalformed_tellsThemApart() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.simulator.notify(Self.chest, bytes: [0x01, 0x40])
            await fixture.simulator.notify(Self.chest, bytes: [0x00, 0x40])
            await fixture.events.until { $0.measurements().count == 2 }
        }
        let malformed = fixture.events.all.compactMap { event -> [UInt8]? in
            if case .malformed(let bytes, _) = event.kind { bytes } else { nil }
        }
        #expect(malformed == [[0x01, 0x40]])
        #expect(fixture.events.all.measurements().last?.beatsPerMinute == 64)
    }

    @Test func central_whenStrapIsConnectedAlready_takesItOver() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        let (desktop, _) = try await fixture.connectElsewhere()
        try await fixture.run(.first) { try await fixture.beatUntilLive() }
        #expect(await fixture.simulator.status.straps[Self.chest]?.connections == 1)
        #expect(!fixture.events.all.phases().contains(.connecting))
        await desktop.close()
    }

    @Test func central_whenAnotherListensAlready_deliversEachMeasurementOnce() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        let desktop = try await fixture.listenElsewhere()
        try await fixture.run(.first) {
            try await fixture.simulator.until { $0.straps[Self.chest]?.subscribers == 2 }
            await fixture.simulator.notify(Self.chest, bytes: [0x00, 72])
            await fixture.simulator.notify(Self.chest, bytes: [0x00, 80])
            await fixture.events.until { $0.measurements().count >= 2 }
        }
        #expect(fixture.events.all.measurements().prefix(2).map(\.beatsPerMinute) == [72, 80])
        await desktop.close()
    }

    @Test func central_withTwoStraps_keepsThemApart() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap, Self.armStrap)
        try await fixture.run(.first, .name("Chest")) {
            try await fixture.beatUntilLive(Self.chest, as: "strap 1")
            try await fixture.beatUntilLive(Self.arm, as: "strap 0")
            await fixture.simulator.disappear(Self.arm)
            await fixture.bluetoothClock.waitOut(SimulatorTiming().linkSupervision)
            await fixture.untilPhase(.disconnected, of: "strap 0")
            #expect(fixture.events.all.states(of: "strap 1").last?.phase == .live)
        }
    }

    @Test func central_whenConsumerIsSlow_losesNothing() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            #expect(await fixture.simulator.notify(Self.chest, count: 500) == 500)
            await fixture.events.until { $0.measurements().count == 501 }
        }
    }

    // MARK: Links that end

    @Test func central_whenStrapGoesOutOfRangeAndReturns_isLiveAgain() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.simulator.disappear(Self.chest)
            await fixture.bluetoothClock.waitOut(SimulatorTiming().linkSupervision)
            await fixture.untilPhase(.disconnected)
            try await fixture.simulator.untilDiscovering()
            await fixture.simulator.appear(Self.chest)
            try await fixture.beatUntilLive(times: 2)
        }
        #expect(fixture.events.all.measurements().count == 2, "none is invented")
    }

    /// The clocks stand still except where this test moves them. The reports in between take no time.
    @Test func central_whenStrapIsAwayForAnHour_scansCalmlyAndIsLiveAgainAtOnce() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        let renewals = Int(3600 / AdapterScheduler.scanRenewal.components.seconds)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            let last = fixture.clock.now
            await fixture.simulator.disappear(Self.chest)
            await fixture.bluetoothClock.waitOut(SimulatorTiming().linkSupervision)
            await fixture.untilPhase(.disconnected)
            #expect(fixture.clock.now == last, "reported at once")

            try await fixture.simulator.untilDiscovering()
            let gone = await fixture.simulator.status
            try await fixture.letScansPass(renewals)
            let hour = last.duration(to: fixture.clock.now)
            #expect((3600...3660).contains(hour.components.seconds), "no scan is renewed before its time")
            let calls = await fixture.simulator.status.calls - gone.calls
            #expect(calls <= 3 * (renewals + 2), "SetDiscoveryFilter, StartDiscovery and StopDiscovery, and no more")
            #expect(fixture.events.all.phases().last == .disconnected)
            #expect(fixture.events.all.measurements().count == 1, "none is invented")

            let back = fixture.clock.now
            await fixture.simulator.appear(Self.chest)
            try await fixture.beatUntilLive(times: 2)
            #expect(fixture.clock.now == back, "nothing waits for a clock: at most 5 s would do")
        }
        #expect(fixture.events.all.measurements().count == 2)
    }

    /// bluetoothd subscribes again before it has read the services.
    @Test func central_whenStrapBeatsBeforeItsServicesAreResolvedAgain_hearsIt() async throws {
        let resolve: Duration = .milliseconds(900)
        var timing = SimulatorTiming()
        timing.resolve = resolve
        let fixture = try await CentralFixture(straps: Self.chestStrap, timing: timing)
        try await fixture.run(.first) {
            await fixture.bluetoothClock.waitOut(resolve)
            try await fixture.beatUntilLive()
            await fixture.simulator.disconnect(Self.chest)
            try await fixture.simulator.until { $0.straps[Self.chest]?.connections == 2 }
            try await fixture.simulator.untilSubscribed(Self.chest)
            await fixture.simulator.notify(Self.chest, bytes: [0x00, 81])
            await fixture.events.until { $0.measurements().count == 2 }
            #expect(fixture.events.all.phases().last != .live)
        }
        #expect(fixture.events.all.measurements().last?.beatsPerMinute == 81)
    }

    @Test func central_whenStrapDisconnectsInOrder_isLiveAgain() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.simulator.disconnect(Self.chest)
            try await fixture.beatUntilLive(times: 2)
        }
        #expect(fixture.events.all.states().contains { $0.reason == .linkLost })
    }

    @Test func central_whenStrapIsFrozen_isStaleAfterTenSecondsAndRenewsTheLink() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.simulator.setFrozen(true, Self.chest)
            fixture.wait(.seconds(10))
            await fixture.untilPhase(.stale)
            await fixture.simulator.setFrozen(false, Self.chest)
            try await fixture.beatUntilLive(times: 2)
        }
        #expect(await fixture.simulator.status.straps[Self.chest]?.connections == 2)
    }

    // MARK: Links that do not come about

    @Test func central_whenConnectFailsTwice_triesAtOnceAgain() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        var faults = StrapFaults()
        faults.failingConnects = 2
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) { try await fixture.beatUntilLive() }
        #expect(await fixture.simulator.status.straps[Self.chest]?.connectAttempts == 3)
        #expect(
            fixture.events.all.states().contains { $0.reason == .connectFailed(BlueZError.connectionAbortedByLocal) })
    }

    @Test func central_whenConnectHangs_endsItWithDisconnectAndTriesAgain() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        var faults = StrapFaults()
        faults.hangingConnects = 1
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) {
            try await fixture.simulator.until { $0.straps[Self.chest]?.connectAttempts == 1 }
            fixture.wait(.seconds(60))
            try await fixture.beatUntilLive()
        }
        #expect(fixture.events.all.states().contains { $0.reason == .connectTimedOut })
    }

    @Test func central_whenDeviceVanishesBeforeConnect_searchesAgain() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        var faults = StrapFaults()
        faults.failingConnects = 1
        faults.connectError = Scenery.unknownObject
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) { try await fixture.beatUntilLive() }
        #expect(await fixture.simulator.status.straps[Self.chest]?.connectAttempts == 2)
    }

    @Test func central_whenServicesNeverResolve_connectsAnew() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        var faults = StrapFaults()
        faults.neverResolves = 1
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) {
            await fixture.untilPhase(.resolving)
            fixture.wait(.seconds(30))
            try await fixture.beatUntilLive()
        }
        #expect(await fixture.simulator.status.straps[Self.chest]?.connections == 2)
    }

    @Test func central_whenObjectsComeLate_waitsForThem() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        var faults = StrapFaults()
        faults.resolvesWithoutServices = 1
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) {
            await fixture.untilPhase(.resolving)
            await fixture.simulator.exportLateServices(of: Self.chest)
            try await fixture.beatUntilLive()
        }
        #expect(await fixture.simulator.status.straps[Self.chest]?.connections == 1)
    }

    @Test func central_whenCacheLacksTheMeasurement_removesTheDeviceOnce() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        var faults = StrapFaults()
        faults.missingMeasurements = 9
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) {
            await fixture.untilPhase(.resolving)
            await fixture.clock.waitOut(StrapLimits.gattObjects)
            try await fixture.beatUntilLive()
        }
        #expect(fixture.events.all.states().contains { $0.reason == .noHeartRateService })
    }

    @Test func central_whenStartNotifyIsRefused_connectsAnew() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        var faults = StrapFaults()
        faults.failingStartNotifies = 1
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) { try await fixture.beatUntilLive() }
        #expect(fixture.events.all.states().contains { $0.reason == .subscribeFailed(faults.startNotifyError) })
    }

    // MARK: The machine

    @Test func central_whenBluetoothdIsKilledAndRestarted_buildsEverythingAnew() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.simulator.kill()
            await fixture.untilPhase(.blocked)
            try await fixture.simulator.restart()
            // The link has outlived bluetoothd, without GATT objects, and drops after 2 s.
            await fixture.untilPhase(.resolving, after: .blocked)
            await fixture.bluetoothClock.waitOut(SimulatorTiming().orphanedLink)
            try await fixture.beatUntilLive(times: 2)
        }
        #expect(fixture.events.all.states().contains { $0.reason == .bluetoothdMissing })
    }

    @Test func central_whenBluetoothdIsStoppedAndStarted_isLiveAgain() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.simulator.stop()
            await fixture.untilPhase(.blocked)
            try await fixture.simulator.restart()
            try await fixture.beatUntilLive(times: 2)
        }
    }

    @Test func central_whenDBusIsKilledAndRestarted_connectsAnew() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            fixture.daemon.kill()
            await fixture.untilPhase(.blocked)
            await fixture.simulator.kill()
            try fixture.daemon.start()
            try await fixture.simulator.restart()
            await fixture.waitOutBlockage()
            await fixture.untilPhase(.resolving, after: .blocked)
            await fixture.bluetoothClock.waitOut(SimulatorTiming().orphanedLink)
            try await fixture.beatUntilLive(times: 2)
        }
    }

    @Test func central_whenBluetoothdComesLater_waitsForIt() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        await fixture.simulator.stop()
        try await fixture.run(.first) {
            await fixture.untilPhase(.blocked)
            try await fixture.simulator.restart()
            try await fixture.beatUntilLive()
        }
    }

    @Test func central_whenAdapterIsUnpluggedAndPlugged_isLiveAgain() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.simulator.removeAdapter("hci0")
            await fixture.untilPhase(.blocked)
            await fixture.simulator.add(SimulatedAdapter(isPowered: false))
            try await fixture.beatUntilLive(times: 2)
        }
    }

    @Test func central_whenAdapterIsUnpluggedAndThereIsAnother_isLiveAgainOnThat() async throws {
        let second = SimulatedAdapter(name: "hci1", address: "00:AA:01:00:00:43")
        var strap = Self.chestStrap
        strap.hearingAdapters = ["hci0"]
        let fixture = try await CentralFixture(straps: strap, adapters: [SimulatedAdapter(), second])
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            // Otherwise the first scan of the second adapter may still be on, and find the strap.
            try await fixture.simulator.until {
                $0.adapters["hci1"]?.discoveriesStarted == 1 && $0.adapters["hci1"]?.isDiscovering == false
            }
            await fixture.simulator.modify(Self.chest) { $0.hearingAdapters = nil }
            await fixture.simulator.removeAdapter("hci0")
            try await fixture.beatUntilLive(times: 2)
        }
        #expect(!fixture.events.all.states().contains { $0.reason == .adapterMissing(nil) }, "there is one")
        #expect(await fixture.simulator.status.adapters["hci1"]?.discoveriesStarted == 2, "both search from the start")
    }

    @Test func central_whenAdapterIsSwitchedOffAndOn_isLiveAgain() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            await fixture.simulator.setPowered(false)
            await fixture.untilPhase(.blocked)
            await fixture.simulator.setPowered(true)
            try await fixture.beatUntilLive(times: 2)
        }
    }

    @Test func central_whenRfkillBlocksTheAdapter_saysSo() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            fixture.radioSwitches.change { $0 = [RadioSwitch(name: "hci0", block: .soft)] }
            await fixture.simulator.setBlocked(true)
            await fixture.events.until { events in
                events.states().contains {
                    $0.phase == .blocked && "\($0)".contains("blocked as in flight mode: rfkill unblock bluetooth")
                }
            }
        }
    }

    // MARK: Ending

    @Test func central_whenShutDown_endsItsLinkAndDeliversEverything() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let services = ServiceGroup(services: [fixture.central([.first])], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await fixture.beatUntilLive()
            await fixture.simulator.notify(Self.chest)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(await fixture.simulator.status.straps[Self.chest]?.isConnected == false)
        #expect(fixture.events.all.states().last?.reason == .stopped)
    }
}
