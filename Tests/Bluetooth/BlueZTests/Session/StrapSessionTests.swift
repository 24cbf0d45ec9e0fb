import DBus
import HeartRate
import Testing
import Timing

@testable import BlueZ

@Suite struct StrapSessionTests {
    private let device = Scenery.devicePath()
    private let characteristic = Scenery.characteristicPath()

    // MARK: The way to a heart rate

    @Test func session_whenStrapIsHeard_connectsResolvesSubscribesAndIsLive() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .first))
        #expect(session.show() == [.report(StrapState(phase: .searching))])
        #expect(session.demand == .scan)

        #expect(session.show(candidate: Scenery.strap()).phases == [.connecting])
        #expect(session.demand == .turn)

        let connect = session.handle(.granted(othersWait: false))
        #expect(connect == [.setDeadline(.exactly(StrapLimits.connect)), .connect(device, attempt: 1)])
        #expect(session.demand == .quiet)

        let resolve = session.handle(.connectAnswered(attempt: 1, nil))
        #expect(resolve.phases == [.resolving])
        #expect(resolve.contains(.setDeadline(.exactly(StrapLimits.resolve))))
        #expect(session.demand == .nothing)

        let subscribe = session.show(Scenery.connectedStrap())
        #expect(subscribe.contains(.subscribe(characteristic, attempt: 1)))
        #expect(subscribe.phases == [.subscribing])

        #expect(session.handle(.subscribeAnswered(attempt: 1, nil)) == [.setDeadline(.exactly(StrapLimits.silence))])
        let live = session.handle(.measured(attempt: 1, Scenery.heartRate))
        #expect(live.first == .setDeadline(.exactly(StrapLimits.silence)))
        #expect(live.phases == [.live])
    }

    @Test func session_whenConnectedIsSeenBeforeConnectAnswers_goesOnAtOnce() {
        var session = StrapSession.connecting()
        #expect(session.show(Scenery.connectedStrap()).contains(.subscribe(characteristic, attempt: 1)))
        #expect(session.handle(.connectAnswered(attempt: 1, nil)).isEmpty)
    }

    @Test func session_whenStrapIsConnectedAtStart_takesItOverWithoutConnect() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .first))
        let actions = session.show(candidate: Scenery.connectedStrap())
        #expect(actions.contains(.subscribe(characteristic, attempt: 1)))
        #expect(!actions.contains(.connect(device, attempt: 1)))
    }

    @Test func session_whenPacketComesBeforeStartNotifyAnswers_isLive() {
        var session = StrapSession.subscribing()
        #expect(session.handle(.measured(attempt: 1, Scenery.heartRate)).phases == [.live])
        #expect(session.handle(.subscribeAnswered(attempt: 1, Scenery.bluezError("Failed"))).isEmpty)
    }

    @Test func session_whenStartNotifyAnswersInProgress_listens() {
        var session = StrapSession.subscribing()
        let actions = session.handle(.subscribeAnswered(attempt: 1, Scenery.bluezError("InProgress")))
        #expect(actions == [.setDeadline(.exactly(StrapLimits.silence))])
    }

    // MARK: Packets of the strap

    @Test func session_whenContactIsLostAndFound_saysSo() {
        var session = StrapSession.live()
        #expect(
            session.handle(.measured(attempt: 1, Scenery.noContact)).states == [
                "no contact: no skin contact: moisten the electrodes, tighten the strap"
            ])
        #expect(
            session.handle(.measured(attempt: 1, Scenery.noPulse)).states == [
                "no contact: the strap reports 0 beats per minute"
            ])
        #expect(session.handle(.measured(attempt: 1, Scenery.heartRate)).phases == [.live])
    }

    @Test func session_whenOnlyNonsenseComes_keepsTheLink() {
        var session = StrapSession.live()
        #expect(session.handle(.malformed(attempt: 1)) == [.setDeadline(.exactly(StrapLimits.silence))])
    }

    @Test func session_whenHeartRatesFollowEachOther_putsOffItsDeadlineOnly() {
        var session = StrapSession.live()
        let event = StrapSession.Event.measured(attempt: 1, Scenery.heartRate)
        #expect(session.handleSteadily(event) == .seconds(10))
        #expect(session.handleSteadily(.measured(attempt: 2, Scenery.heartRate)) == nil)
        #expect(session.handleSteadily(.measured(attempt: 1, Scenery.noContact)) == nil)
        _ = session.handle(.malformed(attempt: 1))
        #expect(session.handleSteadily(event) == nil)
        _ = session.handle(event)
        #expect(session.handleSteadily(event) == .seconds(10))
    }

    @Test func session_whenEqualMeasurementsCome_reportsOnce() {
        var session = StrapSession.live()
        #expect(session.handle(.measured(attempt: 1, Scenery.heartRate)).phases.isEmpty)
    }

    @Test func session_whenStrapIsSilent_isStaleAndRenewsTheLink() {
        var session = StrapSession.live()
        let actions = session.handle(.deadlinePassed)
        #expect(actions.phases == [.stale])
        #expect(actions.contains(.disconnect(device, attempt: 1)))
        #expect(!actions.contains(.unsubscribe(attempt: 1)), "what still comes is taken")

        #expect(session.handle(.disconnectAnswered(attempt: 1)).isEmpty, "still Connected=true")
        let gone = session.show(Scenery.strap(signalStrength: nil))
        #expect(gone.contains(.unsubscribe(attempt: 1)))
        #expect(gone.states == ["disconnected: connected, but silent for 10 s"])
        #expect(session.demand == .scan)
    }

    @Test func session_whenDisconnectHasNoEffect_goesOnAfterAWhile() {
        var session = StrapSession.live()
        _ = session.handle(.deadlinePassed)
        _ = session.handle(.disconnectAnswered(attempt: 1))
        #expect(session.handle(.deadlinePassed).phases == [.disconnected])
        #expect(session.demand == .scan)
    }

    // MARK: Links that end

    @Test(arguments: [nil, Scenery.strap(signalStrength: nil)])
    func session_whenLinkIsLost_searchesAtOnce(shown: BlueZSnapshot.Device?) {
        var session = StrapSession.live()
        let actions = session.show(shown)
        #expect(actions.first == .unsubscribe(attempt: 1))
        #expect(actions.states == ["disconnected: the link was lost"])
        #expect(session.demand == .scan)
        #expect(session.show(candidate: Scenery.strap()).phases == [.connecting])
    }

    @Test func session_whenNotConnectedYet_doesNotTakeThatForALoss() {
        var session = StrapSession.connecting()
        _ = session.handle(.connectAnswered(attempt: 1, nil))
        #expect(session.show(Scenery.strap()).isEmpty)
        #expect(session.status.phase == .resolving)
    }

    @Test func session_whenCharacteristicMoves_findsItAgain() {
        var session = StrapSession.live()
        var moved = Scenery.connectedStrap()
        moved.measurementPath = "/org/bluez/hci0/dev_C4_00_00_00_00_01/service0020/char0021"
        let actions = session.show(moved)
        #expect(actions.contains(.unsubscribe(attempt: 1)))
        #expect(actions.contains(.subscribe("/org/bluez/hci0/dev_C4_00_00_00_00_01/service0020/char0021", attempt: 1)))
    }

    @Test func session_whenAnswersBelongToAnEarlierAttempt_ignoresThem() {
        var session = StrapSession.live()
        _ = session.show(nil)
        _ = session.show(candidate: Scenery.strap())
        _ = session.handle(.granted(othersWait: false))
        let before = session.state
        for late: StrapSession.Event in [
            .connectAnswered(attempt: 1, nil), .subscribeAnswered(attempt: 1, nil), .disconnectAnswered(attempt: 1),
            .measured(attempt: 1, Scenery.heartRate), .malformed(attempt: 1),
        ] {
            #expect(session.handle(late).isEmpty)
        }
        #expect(session.state == before)
    }

    // MARK: Connect fails

    @Test func session_whenDeviceObjectHasGone_searchesAgainWithoutDisconnect() {
        var session = StrapSession.connecting()
        let actions = session.handle(.connectAnswered(attempt: 1, Scenery.unknownObject))
        #expect(!actions.contains(.disconnect(device, attempt: 1)))
        #expect(session.demand == .scan)
    }

    @Test func session_whenAlreadyConnected_goesOnAndLeavesTheLinkAtTheEnd() {
        var session = StrapSession.connecting()
        _ = session.handle(.connectAnswered(attempt: 1, Scenery.bluezError("AlreadyConnected")))
        _ = session.show(Scenery.connectedStrap())
        let actions = session.handle(.stop)
        #expect(actions.first == .unsubscribe(attempt: 1))
        #expect(session.state == .stopped)
    }

    @Test func session_whenConnectIsInProgressElsewhere_waitsForItThenClearsTheWay() {
        var session = StrapSession.connecting()
        for attempt in 1...4 {
            if session.state == .pausing { _ = session.handle(.deadlinePassed) }
            _ = session.show(candidate: Scenery.strap())
            _ = session.handle(.granted(othersWait: false))
            let inProgress = session.handle(.connectAnswered(attempt: attempt, Scenery.bluezError("InProgress")))
            #expect(inProgress == [.setDeadline(.exactly(StrapLimits.connectWhileOthersWait))])
            let over = session.handle(.deadlinePassed)
            #expect(over.contains(.disconnect(device, attempt: attempt)) == (attempt == 4), "another program's request")
            if attempt < 4 { #expect(session.status.reason == .connectingElsewhere) }
        }
    }

    @Test func session_whenOnlyTheKernelKnowsOfAConnect_clearsTheWayAtOnce() {
        var session = StrapSession.connecting()
        let leftover = Scenery.bluezError("Failed", "Operation already in progress")
        let inProgress = session.handle(.connectAnswered(attempt: 1, leftover))
        #expect(inProgress == [.setDeadline(.exactly(StrapLimits.connectWhileOthersWait))])
        #expect(session.handle(.deadlinePassed).contains(.disconnect(device, attempt: 1)))
    }

    @Test(arguments: [true, false])
    func session_whenConnectFails_waitsForTheDeviceToBeGoneThenRetries(answersFirst: Bool) {
        var session = StrapSession.connecting()
        let actions = session.handle(.connectAnswered(attempt: 1, Scenery.abortedByLocal))
        #expect(actions.contains(.disconnect(device, attempt: 1)))
        #expect(session.demand == .quiet, "no other strap connects now")
        _ = session.show(Scenery.connectedStrap())
        if answersFirst { #expect(session.handle(.disconnectAnswered(attempt: 1)).isEmpty) }
        _ = session.show(Scenery.strap(signalStrength: nil))
        if !answersFirst { _ = session.handle(.disconnectAnswered(attempt: 1)) }
        #expect(session.demand == .scan)
        #expect(
            session.status.description
                == "disconnected: connecting failed: org.bluez.Error.Failed: le-connection-abort-by-local")
    }

    @Test func session_whenConnectHangs_cancelsItWithDisconnect() {
        var session = StrapSession.connecting()
        #expect(session.handle(.deadlinePassed).contains(.disconnect(device, attempt: 1)))
    }

    @Test func session_whenOthersWait_givesConnectLessTime() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .first))
        _ = session.show(candidate: Scenery.strap())
        let actions = session.handle(.granted(othersWait: true))
        #expect(actions.first == .setDeadline(.exactly(StrapLimits.connectWhileOthersWait)))
    }

    @Test func session_whenItFailsAgainAndAgain_pausesLongerAndLonger() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .first))
        var pauses: [DeadlineSpec?] = []
        for attempt in 1...6 {
            _ = session.show(candidate: Scenery.strap())
            _ = session.handle(.granted(othersWait: false))
            let failed = session.handle(.connectAnswered(attempt: attempt, Scenery.unknownObject))
            pauses.append(failed.deadline ?? nil)
            if session.state == .pausing { _ = session.handle(.deadlinePassed) }
            #expect(session.state == .searching)
        }
        #expect(pauses == [nil, nil, nil] + (1...3).map { .backoff(StrapLimits.retry, failures: $0) })
    }

    @Test func session_whenAMeasurementCame_isQuickToRetryAgain() {
        var session = StrapSession.live()
        session.failures = 99
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        _ = session.show(nil)
        #expect(session.state == .searching)
    }

    // MARK: A machine that cannot

    @Test(arguments: [StrapState.Reason.bluetoothdMissing, .adapterMissing(nil), .busUnreachable("…")])
    func session_whenMachineCannot_isBlockedAndComesBackByItself(reason: StrapState.Reason) {
        var session = StrapSession.live()
        let blocked = session.handle(.observed(.init(blockage: reason)))
        #expect(blocked.first == .unsubscribe(attempt: 1))
        #expect(blocked.phases == [.blocked])
        #expect(session.demand == .nothing)
        #expect(session.handle(.observed(.init(blockage: reason))).isEmpty, "reported once")
        #expect(session.show().phases == [.searching])
    }

    @Test func session_whenBluetoothdComesBackWithTheLinkUp_takesItOver() {
        var session = StrapSession.live()
        _ = session.handle(.observed(.init(blockage: .bluetoothdMissing)))
        #expect(session.show(candidate: Scenery.connectedStrap()).contains(.subscribe(characteristic, attempt: 2)))
    }

    // MARK: Ending

    @Test func session_whenStoppedWhileLive_disconnectsWithinItsTime() {
        var session = StrapSession.live()
        let actions = session.handle(.stop)
        #expect(actions.contains(.setDeadline(.exactly(StrapLimits.stop))))
        #expect(actions.contains(.release(device, listeningTo: characteristic, attempt: 1)))
        #expect(actions.states == ["disconnected: stopped"])
        var hanging = session
        _ = session.handle(.disconnectAnswered(attempt: 1))
        #expect(session.state == .stopped)
        _ = hanging.handle(.deadlinePassed)
        #expect(hanging.state == .stopped)
    }

    @Test func session_whenStoppedWhileConnecting_cancelsTheConnect() {
        var session = StrapSession.connecting()
        #expect(session.handle(.stop).contains(.disconnect(device, attempt: 1)))
    }

    @Test func session_whenStoppedWhileSearching_isStoppedAtOnce() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .first))
        _ = session.handle(.stop)
        #expect(session.state == .stopped)
        #expect(session.show(candidate: Scenery.strap()).isEmpty)
    }
}
