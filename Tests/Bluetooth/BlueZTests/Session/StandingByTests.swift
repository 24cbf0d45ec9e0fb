import DBus
import Testing
import Timing

@testable import BlueZ

/// A link of another program is never ended, and a slow sender's not either.
@Suite struct StandingByTests {
    private static let taken = Scenery.bluezError("NotPermitted", "Notify acquired")
    private let device = Scenery.devicePath()
    private let characteristic = Scenery.characteristicPath()

    /// A session that subscribes over a link that was there before.
    private static func joining(_ selector: StrapSelector = .address(Scenery.strap().address)) -> StrapSession {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: selector))
        _ = session.show(candidate: Scenery.connectedStrap())
        return session
    }

    // MARK: Another program

    @Test func session_whenNotificationsAreTaken_waitsAndAsksAgain() {
        var session = Self.joining()
        var actions: [StrapSession.Action] = []
        for attempt in 1...5 {
            let refused = session.handle(.subscribeAnswered(attempt: attempt, Self.taken))
            #expect(refused.deadline == .exactly(StrapLimits.standBy))
            actions += refused + session.handle(.deadlinePassed)
        }
        #expect(!actions.containsCallThatEnds)
        #expect(actions.count { if case .subscribe = $0 { true } else { false } } == 5, "and the first one")
        let told = actions.states.filter { $0.hasPrefix("disconnected") }
        #expect(told.allSatisfy { $0.contains("another program has the notifications for itself") })
        #expect(told.allSatisfy { $0.contains("Notify acquired") && !$0.contains("pair it") })
        #expect(session.handle(.subscribeAnswered(attempt: 6, nil)).deadline == .exactly(StrapLimits.silence))
        #expect(session.handle(.measured(attempt: 6, Scenery.heartRate)).phases == [.live])
    }

    @Test func session_whenNotificationsAreTakenOverOurOwnLink_leavesItToTheOther() {
        var session = StrapSession.subscribing()
        let refused = session.handle(.subscribeAnswered(attempt: 1, Self.taken))
        #expect(!refused.containsCallThatEnds)
        #expect(!session.handle(.stop).containsCallThatEnds)
    }

    @Test func session_whenTheOthersLinkEnds_connectsAtOnce() {
        var session = Self.joining()
        _ = session.handle(.subscribeAnswered(attempt: 1, Self.taken))
        _ = session.show(Scenery.strap())
        #expect(session.state == .searching)
        #expect(session.show(candidate: Scenery.strap()).phases == [.connecting])
    }

    @Test(arguments: [
        Scenery.bluezError("Failed", "Operation failed with ATT error: 0x01"), Scenery.unknownObject,
        Scenery.bluezError("NotPermitted", "Not paired"), Scenery.bluezError("NotSupported"),
    ])
    func session_whenStartNotifyIsRefusedOverAnothersLink_neverEndsIt(error: BusError) {
        var session = Self.joining()
        var actions: [StrapSession.Action] = []
        for attempt in 1...10 {
            actions += session.handle(.subscribeAnswered(attempt: attempt, error)) + session.handle(.deadlinePassed)
        }
        #expect(!actions.containsCallThatEnds)
        #expect(actions.states.contains { $0.contains("another program has made this link") })
    }

    @Test func session_whenAnothersLinkFailsInAnyOtherWay_neverEndsIt() {
        var unresolved = StrapSession(StrapConfiguration(name: "chest", selector: .first))
        var actions = unresolved.show(candidate: Scenery.strap(isConnected: true))
        var bare = StrapSession(StrapConfiguration(name: "chest", selector: .first))
        actions += bare.show(candidate: Scenery.strap(isConnected: true, isResolved: true))
        var hanging = Self.joining()
        var silent = Self.joining()
        actions += silent.handle(.subscribeAnswered(attempt: 1, nil))
        var malformed = Self.joining()
        actions += malformed.handle(.subscribeAnswered(attempt: 1, nil)) + malformed.handle(.malformed(attempt: 1))
        for _ in 0..<10 {
            actions += unresolved.handle(.deadlinePassed) + bare.handle(.deadlinePassed)
            actions += hanging.handle(.deadlinePassed) + silent.handle(.deadlinePassed)
            actions += malformed.handle(.deadlinePassed)
        }
        #expect(!actions.containsCallThatEnds)
    }

    @Test func session_whenAnothersLinkIsSilent_isStaleAndLiveWithTheNextHeartRate() {
        var session = Self.joining()
        _ = session.handle(.subscribeAnswered(attempt: 1, nil))
        #expect(session.handle(.deadlinePassed).phases == [.stale])
        #expect(session.handle(.deadlinePassed).phases.isEmpty)
        #expect(session.handle(.measured(attempt: 1, Scenery.heartRate)).phases == [.live])
    }

    @Test(arguments: [Scenery.bluezError("InProgress"), Scenery.bluezError("AlreadyConnected")])
    func session_whenAnotherProgramWasQuicker_leavesTheLinkToIt(error: BusError) {
        var session = StrapSession.connecting()
        _ = session.handle(.connectAnswered(attempt: 1, error))
        _ = session.show(Scenery.connectedStrap())
        #expect(!session.handle(.stop).containsCallThatEnds)
        // The same, with `Connected=true` before the answer.
        var late = StrapSession.connecting()
        _ = late.show(Scenery.connectedStrap())
        _ = late.handle(.connectAnswered(attempt: 1, error))
        #expect(!late.handle(.stop).containsCallThatEnds)
    }

    @Test func machine_whenAnotherProgramIsConnectedToABroadcaster_saysSoAndLeavesIt() {
        let strap = StrapConfiguration(
            name: "chest", selector: .address(Scenery.strap().address), mode: .broadcast)
        var machine = CentralMachine([strap])
        let connected = Scenery.strap(signalStrength: nil, isConnected: true, broadcast: Scenery.broadcast)
        let actions = machine.handle(.observed(Scenery.snapshot(1, connected)))
        #expect(machine.sessions[0].status.reason == .broadcasterConnected(connected.address))
        #expect(!actions.contains { if case .strap(_, .disconnect) = $0 { true } else { false } })
        _ = machine.handle(.observed(Scenery.snapshot(2, Scenery.strap(broadcast: Scenery.broadcast))))
        #expect(machine.sessions[0].link != nil && machine.sessions[0].status.reason == nil)
    }

    @Test func session_whenStoppedOverOurOwnLink_looksWhetherAnotherListens() {
        var session = StrapSession.live()
        let actions = session.handle(.stop)
        #expect(actions.contains(.release(device, listeningTo: characteristic, attempt: 1)))
    }

    // MARK: Two characteristics of one UUID

    @Test func session_whenTheFirstMeasurementRefuses_triesTheOtherOverTheSameLink() {
        var session = StrapSession.connecting()
        var both = Scenery.connectedStrap()
        let other: ObjectPath = "/org/bluez/hci0/dev_C4_00_00_00_00_01/service0020/char0021"
        both.otherMeasurementPaths = [other]
        #expect(session.show(both).contains(.subscribe(characteristic, attempt: 1)))
        let refused = session.handle(.subscribeAnswered(attempt: 1, Scenery.bluezError("NotSupported")))
        #expect(refused.contains(.subscribe(other, attempt: 1)) && !refused.containsCallThatEnds)
        #expect(session.show(both).isEmpty)
        let last = session.handle(.subscribeAnswered(attempt: 1, Scenery.bluezError("Failed")))
        #expect(last.contains(.disconnect(device, attempt: 1)))
        #expect(last.states.contains { $0.contains("NotSupported") }, "the better one's answer is reported")
    }

    @Test func session_whenTheFirstMeasurementIsSilent_takesTheOtherWithTheNextLink() {
        var session = StrapSession.connecting()
        var both = Scenery.connectedStrap()
        let other: ObjectPath = "/org/bluez/hci0/dev_C4_00_00_00_00_01/service0020/char0021"
        both.otherMeasurementPaths = [other]
        _ = session.show(both)
        _ = session.handle(.subscribeAnswered(attempt: 1, nil))
        _ = session.handle(.deadlinePassed)
        _ = session.show(Scenery.strap())
        _ = session.handle(.disconnectAnswered(attempt: 1))
        _ = session.show(candidate: Scenery.strap())
        _ = session.handle(.granted(othersWait: false))
        #expect(session.show(both).contains(.subscribe(other, attempt: 2)))
    }

    // MARK: A slow sender

    private static func at(_ seconds: Int64) -> Moment {
        Moment(wallMilliseconds: 0, bootMilliseconds: seconds * 1000)
    }

    @Test func session_ofASlowSender_endsOneLinkAndNoMore() {
        var session = StrapSession.live()
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate, at: Self.at(100)))
        #expect(session.handle(.deadlinePassed).contains(.disconnect(device, attempt: 1)), "not learnt yet")
        _ = session.handle(.disconnectAnswered(attempt: 1))
        _ = session.show(Scenery.strap())
        _ = session.show(candidate: Scenery.strap())
        _ = session.handle(.granted(othersWait: false))
        _ = session.handle(.connectAnswered(attempt: 2, nil))
        _ = session.show(Scenery.connectedStrap())
        _ = session.handle(.subscribeAnswered(attempt: 2, nil))
        let next = session.handle(.measured(attempt: 2, Scenery.heartRate, at: Self.at(112)))
        #expect(next.deadline == .exactly(.seconds(24)), "two periods")

        let late = session.handle(.deadlinePassed)
        #expect(late.phases == [.stale] && !late.containsCallThatEnds)
        #expect(late.deadline == .exactly(.seconds(12)), "the third")
        #expect(session.handle(.measured(attempt: 2, Scenery.heartRate, at: Self.at(137))).phases == [.live])
        _ = session.handle(.deadlinePassed)
        #expect(session.handle(.deadlinePassed).contains(.disconnect(device, attempt: 2)), "frozen after all")
    }

    @Test func session_ofADeviceWithAnotherPrivateAddress_keepsItsRhythm() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .name("HR Strap")))
        var watch = Scenery.connectedStrap()
        watch.address = Scenery.address("5A:11:22:33:44:55")
        watch.isAddressRandom = true
        _ = session.show(candidate: watch)
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate, at: Self.at(100)))
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate, at: Self.at(115)))
        _ = session.show()
        watch.address = Scenery.address("6B:66:77:88:99:AA")
        _ = session.show(candidate: watch)
        #expect(session.handle(.subscribeAnswered(attempt: 2, nil)).deadline == .exactly(.seconds(30)))
    }

    @Test func session_ofAnotherDevice_learnsAnew() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .name("HR Strap")))
        _ = session.show(candidate: Scenery.connectedStrap())
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate, at: Self.at(100)))
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate, at: Self.at(115)))
        _ = session.show()
        _ = session.show(candidate: Scenery.connectedStrap(2))
        #expect(session.handle(.subscribeAnswered(attempt: 2, nil)).deadline == .exactly(StrapLimits.silence))
    }
}

extension [StrapSession.Action] {
    /// Whether one of them ends a link, or may, or takes the device away.
    fileprivate var containsCallThatEnds: Bool {
        contains { action in
            switch action {
            case .disconnect, .release, .removeDevice: true
            default: false
            }
        }
    }
}
