import BlueZSimulator
import DBus
import HeartRate
import TestKit
import Testing

@testable import BlueZ

/// Situations from the field, against the simulated bluetoothd.
@Suite(.timeLimit(.minutes(10)))
struct CentralFaultTests {
    private static let chest = CentralFixture.chest
    private static let arm = CentralFixture.arm
    private static let chestStrap = SimulatedStrap(address: chest, name: "Chest")

    @Test func central_whenTheCacheIsStale_forgetsTheDeviceOnceAndIsLive() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        var faults = StrapFaults()
        faults.staleCacheError = BlueZError.att(0x01)
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.address(Scenery.address(Self.chest))) { try await fixture.beatUntilLive() }
        let strap = await fixture.simulator.status.straps[Self.chest]
        #expect(strap?.removals == 1)
        #expect(strap?.connections == 4)
        #expect(!fixture.events.all.states().contains { "\($0)".contains("pair it") })
    }

    @Test func central_whenTheCacheOfABondedStrapIsStale_keepsTheBond() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        await fixture.simulator.makeBond(Self.chest)
        var faults = StrapFaults()
        faults.staleCacheError = BlueZError.att(0x01)
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.address(Scenery.address(Self.chest))) {
            await fixture.events.until { events in
                events.states().contains { if case .servicesOutdated = $0.reason { true } else { false } }
            }
        }
        let strap = await fixture.simulator.status.straps[Self.chest]
        #expect(strap?.removals == 0 && strap?.isPaired == true)
    }

    @Test func central_whenAStrapHasTwoMeasurements_listensToTheOneThatNotifies() async throws {
        var double = Self.chestStrap
        double.hasSecondMeasurement = true
        let fixture = try await CentralFixture(straps: double)
        try await fixture.run(.first) { try await fixture.beatUntilLive() }
        #expect(await fixture.simulator.status.straps[Self.chest]?.connections == 1)
    }

    @Test func central_whenAnotherProgramHasTheNotifications_leavesItsLinkAndWaits() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        let (desktop, _) = try await fixture.connectElsewhere()
        var faults = StrapFaults()
        faults.areNotificationsTaken = true
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first) {
            let taken = StrapState.Reason.notificationsTaken(BlueZError.notifyAcquired)
            await fixture.events.until { events in events.states().contains { $0.reason == taken } }
            await fixture.simulator.setFaults(StrapFaults(), of: Self.chest)
            await fixture.clock.waitOut(StrapLimits.standBy)
            try await fixture.beatUntilLive()
        }
        let strap = await fixture.simulator.status.straps[Self.chest]
        #expect(strap?.connections == 1 && strap?.disconnections == 0)
        await desktop.close()
    }

    @Test(arguments: [true, false])
    func central_whenItEnds_endsItsLinkUnlessAnotherProgramListens(anotherListens: Bool) async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        let central = fixture.central([.first])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await central.run() }
            try await fixture.beatUntilLive()
            var other: Bus?
            if anotherListens { other = try await fixture.listenElsewhere() }
            central.change(to: [])
            try await fixture.simulator.until { status in
                let strap = status.straps[Self.chest]
                return anotherListens ? strap?.subscribers == 1 : strap?.isConnected == false
            }
            if anotherListens {
                // Another strap gets the device when the first one has done everything that it does at its end.
                central.change(to: [StrapConfiguration(name: "strap 1", selector: .first)])
                try await fixture.simulator.until { $0.straps[Self.chest]?.subscribers == 2 }
            }
            let strap = await fixture.simulator.status.straps[Self.chest]
            #expect(strap?.isConnected == anotherListens && strap?.connections == 1)
            await other?.close()
            group.cancelAll()
        }
    }

    @Test func central_whenATrainerWasFirst_goesOnToTheWornStrap() async throws {
        var trainer = SimulatedStrap(address: Self.arm, name: "Trainer")
        trainer.rssi = -40
        trainer.beats = .raw([0x00, 0])
        let fixture = try await CentralFixture(straps: trainer)
        try await fixture.run(.first) {
            try await fixture.simulator.untilSubscribed(Self.arm)
            await fixture.simulator.notify(Self.arm)
            await fixture.untilPhase(.noContact)
            await fixture.simulator.add(Self.chestStrap)
            // It is never silent for long.
            for count in 2...4 {
                fixture.wait(.seconds(5))
                // Else the same value would be taken for a copy.
                fixture.time.advance(milliseconds: 5000)
                await fixture.simulator.notify(Self.arm)
                await fixture.events.until { $0.measurements().count >= count }
            }
            fixture.wait(.seconds(5))
            try await fixture.beatUntilLive()
        }
        let status = await fixture.simulator.status
        #expect(status.straps[Self.arm]?.isConnected == false)
        #expect(fixture.events.all.measurements().last?.isHeartRate == true)
    }

    @Test func central_whenAStrapSendsEveryTwelveSeconds_endsOneLinkAtMost() async throws {
        let fixture = try await CentralFixture(straps: Self.chestStrap)
        try await fixture.run(.first) {
            try await fixture.beatUntilLive()
            // The first silence: the period is not known yet.
            fixture.time.advance(milliseconds: 10_000)
            fixture.wait(.seconds(10))
            fixture.time.advance(milliseconds: 2000)
            try await fixture.beatUntilLive(times: 2)
            for count in 3...6 {
                fixture.time.advance(milliseconds: 12_000)
                fixture.wait(.seconds(12))
                await fixture.simulator.notify(Self.chest)
                await fixture.events.until { $0.measurements().count == count }
            }
        }
        #expect(await fixture.simulator.status.straps[Self.chest]?.connections == 2)
    }
}
