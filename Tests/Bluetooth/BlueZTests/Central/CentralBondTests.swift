import BlueZSimulator
import TestKit
import Testing
import Timing

@testable import BlueZ

/// Bonds that are renewed by the whole of the central, against the simulated bluetoothd.
@Suite(.timeLimit(.minutes(10)))
struct CentralBondTests {
    private static let chest = CentralFixture.chest

    @Test func central_whenStrapForgotItsBond_removesItAndMakesANewOne() async throws {
        let fixture = try await Self.fixture(.justWorks)
        try await Self.bondAndForget(fixture)
        try await fixture.run(.first, renewingBonds: true) {
            try await Self.untilListening(fixture)
            await Self.beatTwice(fixture)
            try await fixture.simulator.until { $0.straps[Self.chest]?.isTrusted == true && $0.agents.isEmpty }
        }
        let status = try #require(await fixture.simulator.status.straps[Self.chest])
        #expect(status.isPaired)
        #expect(status.pairingAttempts == 1)
        #expect(status.connectAttempts == BondRenewal.refusals + 1)
        #expect(fixture.events.all.measurements().count == 2)
    }

    @Test func central_whenBondMayNotBeRenewed_keepsItAndSaysWhatToDo() async throws {
        let fixture = try await Self.fixture(.justWorks)
        try await Self.bondAndForget(fixture)
        try await fixture.run(.first) {
            await fixture.events.until { events in
                events.states().contains { $0.reason == .bondRefused(Scenery.address(Self.chest)) }
            }
        }
        let status = await fixture.simulator.status
        #expect(status.straps[Self.chest]?.isPaired == true)
        #expect(status.straps[Self.chest]?.pairingAttempts == 0)
    }

    @Test func central_whenStrapWantsABondAndHasNone_makesOne() async throws {
        let fixture = try await Self.fixture(.justWorks)
        try await fixture.run(.first, renewingBonds: true) {
            // The first StartNotify waits for a bond, in vain: there is no agent.
            await fixture.untilPhase(.subscribing)
            await fixture.bluetoothClock.waitOut(SimulatorTiming().unpairedStartNotify)
            try await Self.untilListening(fixture)
        }
        #expect(await fixture.simulator.status.straps[Self.chest]?.isPaired == true)
    }

    @Test func central_whenStrapWantsNoBond_neverEnlistsAnAgent() async throws {
        let fixture = try await CentralFixture(straps: SimulatedStrap(address: Self.chest, name: "Chest"))
        try await fixture.run(.first, renewingBonds: true) { try await fixture.beatUntilLive() }
        let status = await fixture.simulator.status
        #expect(status.agents.isEmpty)
        #expect(status.straps[Self.chest]?.isPaired == false)
    }

    /// The agent is there for a renewal only. bluetoothd forgets it when it dies, and is given it again.
    @Test func central_whenBluetoothdIsKilledInARenewal_registersTheAgentAnew() async throws {
        let fixture = try await Self.fixture(.justWorks)
        try await Self.bondAndForget(fixture)
        var faults = StrapFaults()
        faults.hangingConnects = 1
        await fixture.simulator.setFaults(faults, of: Self.chest)
        try await fixture.run(.first, renewingBonds: true) {
            try await fixture.simulator.until {
                $0.agents == ["NoInputNoOutput"]
                    && $0.straps[Self.chest]?.connectAttempts == BondRenewal.refusals + 1
            }
            await fixture.simulator.kill()
            await fixture.untilPhase(.blocked)
            #expect(await fixture.simulator.status.agents.isEmpty)
            try await fixture.simulator.restart()
            try await Self.untilListening(fixture)
            await Self.beatTwice(fixture)
            try await fixture.simulator.until { $0.straps[Self.chest]?.isTrusted == true && $0.agents.isEmpty }
        }
        #expect(await fixture.simulator.status.straps[Self.chest]?.isPaired == true)
    }

    @Test func central_whenStrapWantsACode_givesUpAfterSomeConnectionsAndSaysSo() async throws {
        let fixture = try await Self.fixture(.showsPasskey(123456))
        try await Self.bondAndForget(fixture)
        try await fixture.run(.first, renewingBonds: true) {
            try await fixture.simulator.until { $0.straps[Self.chest]?.pairingAttempts == 2 }
            await fixture.events.until { events in
                events.states().contains { if case .pairingRefused = $0.reason { true } else { false } }
            }
        }
        #expect(await fixture.simulator.status.straps[Self.chest]?.isPaired == false)
    }

    // MARK: Parts

    private static func fixture(_ method: PairingMethod) async throws -> CentralFixture {
        var strap = SimulatedStrap(address: chest, name: "Chest")
        strap.requiresPairing = true
        strap.pairingMethod = method
        return try await CentralFixture(straps: strap)
    }

    private static func bondAndForget(_ fixture: CentralFixture) async throws {
        await fixture.simulator.makeBond(chest)
        await fixture.simulator.forgetBond(chest)
    }

    /// The first measurement may come before `StartNotify` has answered; the second one shows that the bond is there.
    private static func beatTwice(_ fixture: CentralFixture) async {
        await fixture.simulator.notify(chest)
        await fixture.untilPhase(.live)
        await fixture.simulator.notify(chest)
        await fixture.events.until { $0.measurements().count == 2 }
    }

    /// Waits until the strap is listened to, and lets pass whatever the session pauses for in between.
    private static func untilListening(_ fixture: CentralFixture) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.clock.waitOutEverything(upTo: StrapLimits.retry.cap) }
            try await fixture.simulator.untilSubscribed(chest)
            group.cancelAll()
        }
    }
}
