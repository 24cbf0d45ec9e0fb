import BlueZSimulator
import DBus
import TestKit
import Testing

@testable import BlueZ

/// From the request to three measurements, against the simulated bluetoothd.
@Suite(.timeLimit(.minutes(10)))
struct PairingTests {
    private static let address = PairingFixture.address

    private static func strap(_ method: PairingMethod? = nil) -> SimulatedStrap {
        var strap = SimulatedStrap(address: address, name: "Chest")
        strap.requiresPairing = method != nil
        strap.pairingMethod = method ?? .justWorks
        return strap
    }

    @Test func pair_whenStrapNeedsNone_onlyConnectsTrustsAndListens() async throws {
        let fixture = try await PairingFixture(Self.strap())
        let device = try await fixture.pair().get()
        #expect(device.isTrusted && !device.isPaired)
        #expect(device.batteryPercent == 80)
        let status = await fixture.simulator.status
        #expect(status.straps[Self.address]?.pairingAttempts == 0)
        #expect(status.straps[Self.address]?.connections == 1)
        // Nothing is left behind.
        try await fixture.simulator.untilConnected(Self.address, false)
        try await fixture.simulator.until { $0.agents.isEmpty && $0.adapters["hci0"]?.isDiscovering == false }
        let told = fixture.dialogue.progress.all
        #expect(told.first == .searching)
        #expect(told.count { if case .measured = $0 { true } else { false } } == 3)
        #expect(!told.contains(.pairing))
    }

    @Test func pair_whenStrapAsksForIt_pairsWithoutATerminal() async throws {
        let fixture = try await PairingFixture(Self.strap(.justWorks))
        let device = try await fixture.pair().get()
        #expect(device.isPaired && device.isTrusted)
        // StartNotify alone has paired: the agent was there.
        #expect(fixture.dialogue.progress.all.contains(.paired))
        #expect(!fixture.dialogue.progress.all.contains(.pairing))
    }

    @Test func pair_whenToldTo_pairsAlthoughTheStrapDoesNotAsk() async throws {
        let fixture = try await PairingFixture(Self.strap())
        #expect(try await fixture.pair(always: true).get().isPaired)
        #expect(fixture.dialogue.progress.all.contains(.pairing))
    }

    @Test func pair_whenStrapShowsAPasskey_asksForItUntilItIsOne() async throws {
        let fixture = try await PairingFixture(Self.strap(.showsPasskey(4711)), isInteractive: true)
        fixture.dialogue.willAnswer("what?", "1234567", "004711")
        #expect(try await fixture.pair().get().isPaired)
        #expect(fixture.dialogue.questions.all == [.passkey, .passkey, .passkey])
    }

    @Test func pair_whenStrapShowsAPasskeyAndNobodyIsThere_failsWithTheNextStep() async throws {
        let fixture = try await PairingFixture(Self.strap(.showsPasskey(4711)))
        let error = await fixture.pair().failure
        #expect(error == .pairingRefused(BlueZError.authenticationFailed))
        #expect("\(try #require(error))".contains("from a terminal"))
        try await fixture.simulator.untilConnected(Self.address, false)
    }

    @Test func pair_whenThePasskeyIsWrong_asksOnceMoreThroughPairAndFails() async throws {
        let fixture = try await PairingFixture(Self.strap(.showsPasskey(4711)), isInteractive: true)
        fixture.dialogue.willAnswer("1", "2")
        #expect(await fixture.pair().failure == .pairingRefused(BlueZError.authenticationFailed))
        #expect(fixture.dialogue.questions.all == [.passkey, .passkey])
    }

    @Test func pair_whenThePersonRefuses_failsWithBlueZsWord() async throws {
        let fixture = try await PairingFixture(Self.strap(.comparesPasskey(42)), isInteractive: true)
        fixture.dialogue.willAnswer(nil, nil)
        #expect(await fixture.pair().failure == .pairingRefused(BlueZError.authenticationCanceled))
        #expect(fixture.dialogue.questions.all.first == .confirmation("000042"))
    }

    @Test func pair_whenStrapTakesAPasskey_showsIt() async throws {
        let fixture = try await PairingFixture(Self.strap(.takesPasskey(42)), isInteractive: true)
        #expect(try await fixture.pair().get().isPaired)
        #expect(fixture.dialogue.progress.all.contains(.displayPasskey("000042")))
    }

    @Test func pair_whenStrapHasAPinCode_asksForIt() async throws {
        let fixture = try await PairingFixture(Self.strap(.pinCode("0000")), isInteractive: true)
        fixture.dialogue.willAnswer("0000")
        #expect(try await fixture.pair().get().isPaired)
        #expect(fixture.dialogue.questions.all == [.pinCode])
    }

    @Test func pair_whenBluetoothdCallsTheQuestionOff_goesOn() async throws {
        let fixture = try await PairingFixture(Self.strap(.showsPasskey(4711)), isInteractive: true)
        async let result = fixture.pair()
        await fixture.dialogue.questions.until { $0.count == 1 }
        try await fixture.simulator.cancelQuestions()
        // The first answer is to the question that was called off, the second to Pair's own.
        fixture.dialogue.willAnswer("1", "4711")
        #expect(try await result.get().isPaired)
    }

    @Test func pair_whenSomebodyElseIsConnected_listensBesideThem() async throws {
        let fixture = try await PairingFixture(Self.strap())
        let other = try await fixture.connectElsewhere()
        let device = try await fixture.pair().get()
        #expect(fixture.dialogue.progress.all.contains { if case .sharing = $0 { true } else { false } })
        #expect(device.isConnected)
        let status = await fixture.simulator.status
        #expect(status.straps[Self.address]?.isConnected == true)
        #expect(status.straps[Self.address]?.connections == 1)
        await other.close()
    }

    @Test func pair_whenStrapForgotItsBond_saysHowToForgetIt() async throws {
        let fixture = try await PairingFixture(Self.strap(.justWorks))
        _ = try await fixture.pair().get()
        await fixture.simulator.forgetBond(Self.address)
        let error = await fixture.pair().failure
        let address = Scenery.address(Self.address)
        #expect(error == .bondRefused(address, BlueZError.connectionAbortedByLocal))
        #expect("\(try #require(error))".contains("forget \(address)"))
        #expect(try await fixture.bluetooth.forget(.name("Chest")).address == address)
        #expect(try await fixture.pair().get().isPaired)
    }

    @Test func pair_whenConnectFailsByChance_triesAgain() async throws {
        let fixture = try await PairingFixture(Self.strap())
        var faults = StrapFaults()
        faults.failingConnects = 2
        await fixture.simulator.setFaults(faults, of: Self.address)
        _ = try await fixture.pair().get()
        #expect(await fixture.simulator.status.straps[Self.address]?.connectAttempts == 3)
    }

    @Test func pair_whenAdapterIsOff_switchesItOn() async throws {
        let fixture = try await PairingFixture(Self.strap(), adapters: [SimulatedAdapter(isPowered: false)])
        _ = try await fixture.pair().get()
    }

    @Test func pair_whenStrapIsNotHeard_saysSoAfterThirtySeconds() async throws {
        let fixture = try await PairingFixture(nil)
        async let result = fixture.pair()
        // The time of the search and that of the scan, which is as long.
        await fixture.clock.untilSleeping(2)
        await fixture.clock.waitOut(PairingLimits.search)
        #expect(
            await result.failure
                == .notHeard(.address(Scenery.address(Self.address)), within: .seconds(30), others: []))
    }

    // MARK: Which strap

    @Test func pair_whenNothingIsNamedAndNobodyIsThere_takesTheOnlyStrap() async throws {
        let fixture = try await PairingFixture(Self.strap())
        async let result = fixture.pair(.first)
        await fixture.clock.waitOut(PairingLimits.gather)
        #expect(try await result.get().address.description == Self.address)
    }

    @Test func pair_whenSeveralFitAndNobodyIsThere_namesThem() async throws {
        let fixture = try await PairingFixture(Self.strap())
        await fixture.simulator.add(SimulatedStrap(address: CentralFixture.arm, name: "Arm"))
        let desktop = try await fixture.desktopThatHears(2)
        async let result = fixture.pair(.first)
        await fixture.clock.waitOut(PairingLimits.gather)
        let error = try #require(await result.failure)
        #expect("\(error)".contains(Self.address) && "\(error)".contains(CentralFixture.arm))
        await desktop.close()
    }

    @Test func pair_whenSeveralFit_asksThePerson() async throws {
        let fixture = try await PairingFixture(Self.strap(), isInteractive: true)
        await fixture.simulator.add(SimulatedStrap(address: CentralFixture.arm, name: "Chest"))
        let desktop = try await fixture.desktopThatHears(2)
        fixture.dialogue.willChoose(.lookAgain, .device(Scenery.address(Self.address)))
        async let result = fixture.pair(.name("Chest"))
        await fixture.clock.waitOut(PairingLimits.gather)
        await fixture.dialogue.choices.until { $0.count == 1 }
        await fixture.clock.waitOut(PairingLimits.gather)
        #expect(try await result.get().address.description == Self.address)
        #expect(fixture.dialogue.choices.all.map(\.count) == [2, 2])
        await desktop.close()
    }

    // MARK: A machine that cannot

    @Test func pair_whenBluetoothdIsMissing_saysHowToStartIt() async throws {
        let fixture = try await PairingFixture(Self.strap())
        await fixture.simulator.stop()
        #expect(await fixture.pair().failure == .machine(.bluetoothdMissing))
    }

    @Test func pair_whenThereIsNoAdapter_saysSo() async throws {
        let fixture = try await PairingFixture(Self.strap(), adapters: [])
        #expect(await fixture.pair().failure == .machine(.adapterMissing(nil)))
    }

    @Test func pair_whenRfkillBlocksTheAdapter_saysHowToUnblockIt() async throws {
        let fixture = try await PairingFixture(Self.strap())
        await fixture.simulator.setBlocked(true)
        fixture.radioSwitches.change { $0 = [RadioSwitch(name: "hci0", block: .soft)] }
        let error = try #require(await fixture.pair().failure)
        #expect("\(error)".contains("rfkill unblock bluetooth"))
    }

    @Test func pair_whenThereIsNoBus_saysSo() async throws {
        let fixture = try await PairingFixture(Self.strap())
        fixture.daemon.kill()
        guard case .machine(.busUnreachable) = await fixture.pair().failure else {
            Issue.record("not reported")
            return
        }
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
