import DBus
import Testing

@testable import BlueZ

/// A bond that is missing, or that the strap has lost.
@Suite struct BondRenewalTests {
    private let device = Scenery.devicePath()
    private let characteristic = Scenery.characteristicPath()
    private let notPermitted = Scenery.bluezError("NotPermitted", "Not paired")

    // MARK: A bond that the strap has lost

    @Test func session_whenBondIsRefusedThreeTimes_saysWhatToDoAndRemovesNothing() {
        var session = Self.session(renewsBond: false)
        #expect(refuse(&session, times: 2).phases == [.connecting, .disconnected, .connecting, .disconnected])
        let third = refuse(&session, times: 1)
        let reason = StrapState.Reason.bondRefused(Scenery.strap().address)
        #expect(third.states.last == "disconnected: \(reason)")
        #expect("\(reason)".contains("forget it, then pair it"))
        #expect(!third.contains(.removeDevice(device, adapter: Scenery.hci0)))
    }

    @Test func session_whenBondIsRefusedAndMayBeRenewed_removesItAndEnlistsAnAgent() {
        var session = Self.session()
        #expect(!refuse(&session, times: 2).contains(.removeDevice(device, adapter: Scenery.hci0)), "may be chance")
        let third = refuse(&session, times: 1)
        #expect(third.contains(.removeDevice(device, adapter: Scenery.hci0)))
        #expect(third.contains(.note(.removed)))

        _ = session.show(candidate: Scenery.strap())
        #expect(
            session.handle(.granted(othersWait: false)) == [
                .setDeadline(.exactly(StrapLimits.registerAgent)), .registerAgent(device, attempt: 4),
            ])
        #expect(session.demand == .quiet)
        #expect(session.handle(.agentAnswered(attempt: 4, nil)).contains(.connect(device, attempt: 4)))
    }

    @Test func session_whenLinkIsLostBeforeConnectAnswers_takesItForARefusal() {
        var session = Self.session()
        for _ in 0..<BondRenewal.refusals {
            if session.state == .pausing { _ = session.handle(.deadlinePassed) }
            _ = session.show(candidate: Scenery.strap(isPaired: true))
            _ = session.handle(.granted(othersWait: false))
            _ = session.show(Scenery.strap(isConnected: true, isPaired: true))
            _ = session.show(Scenery.strap(isPaired: true))
        }
        #expect(session.renewal.isDue)
    }

    @Test func session_whenLinkIsLostAfterItsServicesWereRead_doesNotTakeItForARefusal() {
        var session = Self.session()
        for _ in 0...BondRenewal.refusals {
            if session.state == .pausing { _ = session.handle(.deadlinePassed) }
            _ = session.show(candidate: Scenery.strap(isPaired: true))
            _ = session.handle(.granted(othersWait: false))
            _ = session.show(Self.bonded)
            _ = session.show(Scenery.strap(isPaired: true))
        }
        #expect(session.renewal == .idle)
    }

    @Test func session_whenConnectSucceedsInBetween_countsRefusalsAnew() {
        var session = Self.session()
        _ = refuse(&session, times: 2)
        _ = session.show(candidate: Scenery.strap(isPaired: true))
        _ = session.handle(.granted(othersWait: false))
        _ = session.handle(.connectAnswered(attempt: 3, nil))
        _ = session.show(Scenery.strap(isConnected: true, isPaired: true))
        _ = session.show(Scenery.strap(isPaired: true))
        _ = refuse(&session, times: 2)
        #expect(session.renewal == .idle)
    }

    @Test func session_whenUnpairedStrapAbortsConnections_doesNotTakeItForARefusal() {
        var session = Self.session()
        for _ in 0..<5 {
            if session.state == .pausing { _ = session.handle(.deadlinePassed) }
            _ = session.show(candidate: Scenery.strap())
            _ = session.handle(.granted(othersWait: false))
            let attempt = session.link?.attempt ?? 0
            _ = session.handle(.connectAnswered(attempt: attempt, Scenery.abortedByLocal))
            _ = session.handle(.disconnectAnswered(attempt: attempt))
        }
        #expect(session.renewal == .idle)
    }

    // MARK: A bond that is missing

    @Test func session_whenStrapWantsABondAndNoneMayBeMade_enlistsNoAgent() {
        var session = Self.session(renewsBond: false)
        #expect(missBond(&session).states.last?.contains("pair it") == true)
        _ = session.show(candidate: Scenery.strap())
        #expect(session.handle(.granted(othersWait: false)).contains(.connect(device, attempt: 2)))
    }

    @Test func session_whenStartNotifyBringsTheBond_trustsTheStrapAndDismissesTheAgent() {
        var session = Self.bonding()
        _ = session.show(Self.bonded)
        _ = session.handle(.subscribeAnswered(attempt: 2, nil))
        let first = session.handle(.measured(attempt: 2, Scenery.heartRate))
        #expect(first.contains(.trust(device)))
        #expect(first.contains(.note(.renewed)))
        #expect(first.contains(.pauseRenewals))
        #expect(first.contains(.unregisterAgent))
        #expect(!session.handle(.measured(attempt: 2, Scenery.heartRate)).contains(.trust(device)))
    }

    @Test func session_whenStartNotifyIsRefused_pairsOnceAndSubscribesAgain() {
        var session = Self.bonding()
        let refused = session.handle(.subscribeAnswered(attempt: 2, notPermitted))
        #expect(
            refused == [.setDeadline(.exactly(StrapLimits.pair)), .pair(device, attempt: 2)],
            "the same link, and no new report")
        let again = session.handle(.pairAnswered(attempt: 2, nil))
        #expect(again.contains(.unsubscribe(attempt: 2)))
        #expect(again.contains(.subscribe(characteristic, attempt: 2)))
        #expect(session.handle(.subscribeAnswered(attempt: 2, notPermitted)).phases == [.disconnected])
    }

    @Test func session_whenPairFails_saysWhoCanPair() {
        var session = Self.bonding()
        _ = session.handle(.subscribeAnswered(attempt: 2, notPermitted))
        let failed = session.handle(.pairAnswered(attempt: 2, Scenery.bluezError("AuthenticationFailed")))
        #expect(failed.states.last?.contains("pair it") == true)
        #expect(failed.contains(.unregisterAgent))
    }

    @Test func session_whenNoConnectionBringsABond_restsUntilThePauseIsOver() {
        var session = Self.session()
        _ = missBond(&session)
        for connection in 1...BondRenewal.connections {
            let failed = missBond(&session)
            #expect(failed.contains(.unregisterAgent))
            #expect(failed.contains(.note(.failed)) == (connection == BondRenewal.connections))
        }
        #expect(!missBond(&session).contains(.note(.missing)), "not again so soon")
        _ = session.handle(.renewalPauseOver)
        #expect(missBond(&session).contains(.note(.missing)))
    }

    @Test func session_whenAgentIsRefused_triesAgainAndCountsIt() {
        var session = Self.session()
        _ = missBond(&session)
        _ = session.show(candidate: Scenery.strap())
        _ = session.handle(.granted(othersWait: false))
        let refused = session.handle(.agentAnswered(attempt: 2, Scenery.bluezError("AlreadyExists")))
        #expect(refused.contains(.unregisterAgent))
        #expect(session.renewal == .due(connectionsLeft: BondRenewal.connections - 1))
    }

    @Test func session_whenBluetoothdDiesInARenewal_enlistsTheAgentAnew() {
        var session = Self.bonding()
        let blocked = session.handle(.observed(StrapSession.View(blockage: .bluetoothdMissing)))
        #expect(blocked.contains(.unregisterAgent))
        _ = session.show(candidate: Scenery.strap())
        #expect(session.handle(.granted(othersWait: false)).contains(.registerAgent(device, attempt: 3)))
    }

    @Test func session_whenStrapIsConnectedAlready_enlistsAnAgentForThatLink() {
        var session = Self.session()
        _ = missBond(&session)
        let actions = session.show(candidate: Scenery.connectedStrap())
        #expect(actions.contains(.registerAgent(device, attempt: 2)))
        #expect(session.handle(.agentAnswered(attempt: 2, nil)).contains(.subscribe(characteristic, attempt: 2)))
    }

    @Test func machine_whenTwoStrapsWantBonds_makesOneAfterTheOther() {
        var machine = CentralMachine(
            [1, 2].map { number in
                StrapConfiguration(
                    name: "\(number)", selector: .address(Scenery.strap(number).address), renewsBond: true)
            })
        let both = Scenery.snapshot(1, Scenery.connectedStrap(1), Scenery.connectedStrap(2))
        _ = machine.handle(.observed(both))
        _ = machine.handle(.strap(0, .subscribeAnswered(attempt: 1, notPermitted)))
        _ = machine.handle(.strap(1, .subscribeAnswered(attempt: 1, notPermitted)))
        _ = machine.handle(.observed(Scenery.snapshot(2, Scenery.strap(1), Scenery.strap(2))))
        _ = machine.handle(.strap(0, .disconnectAnswered(attempt: 1)))
        _ = machine.handle(.strap(1, .disconnectAnswered(attempt: 1)))
        #expect(machine.sessions.allSatisfy { $0.renewal.isDue })
        #expect(machine.sessions.map { $0.link?.bonds } == [true, nil])
    }

    // MARK: Parts

    private static let bonded: BlueZSnapshot.Device = {
        var device = Scenery.connectedStrap()
        device.isPaired = true
        return device
    }()

    private static func session(renewsBond: Bool = true) -> StrapSession {
        StrapSession(StrapConfiguration(name: "chest", selector: .first, renewsBond: renewsBond))
    }

    /// A session that has met a missing bond and subscribes over a link that may bond.
    private static func bonding() -> StrapSession {
        var session = session()
        _ = BondRenewalTests().missBond(&session)
        _ = session.show(candidate: Scenery.strap())
        _ = session.handle(.granted(othersWait: false))
        _ = session.handle(.agentAnswered(attempt: 2, nil))
        _ = session.show(Scenery.connectedStrap())
        return session
    }

    /// A bonded strap is heard, connected, and ends the link before it is encrypted.
    private func refuse(_ session: inout StrapSession, times: Int) -> [StrapSession.Action] {
        var actions: [StrapSession.Action] = []
        for _ in 0..<times {
            actions += session.show(candidate: Scenery.strap(isPaired: true))
            actions += session.handle(.granted(othersWait: false))
            let attempt = session.link?.attempt ?? 0
            actions += session.handle(.connectAnswered(attempt: attempt, Scenery.abortedByLocal))
            actions += session.handle(.disconnectAnswered(attempt: attempt))
        }
        return actions.filter { $0 != .report(StrapState(phase: .searching)) }
    }

    /// A strap without a bond refuses `StartNotify`, and `Pair` where it is called.
    private func missBond(_ session: inout StrapSession) -> [StrapSession.Action] {
        var actions: [StrapSession.Action] = []
        if session.state == .pausing { actions += session.handle(.deadlinePassed) }
        actions += session.show(candidate: Scenery.strap())
        actions += session.handle(.granted(othersWait: false))
        let attempt = session.link?.attempt ?? 0
        actions += session.handle(.agentAnswered(attempt: attempt, nil))
        actions += session.show(Scenery.connectedStrap())
        actions += session.handle(.subscribeAnswered(attempt: attempt, notPermitted))
        actions += session.handle(.pairAnswered(attempt: attempt, Scenery.bluezError("AuthenticationFailed")))
        actions += session.show(Scenery.strap())
        return actions + session.handle(.disconnectAnswered(attempt: attempt))
    }
}
