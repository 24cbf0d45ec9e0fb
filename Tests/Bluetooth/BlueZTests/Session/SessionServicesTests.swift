import DBus
import HeartRate
import Testing
import Timing

@testable import BlueZ

@Suite struct SessionServicesTests {
    private let device = Scenery.devicePath()
    private let characteristic = Scenery.characteristicPath()

    @Test func session_whenServicesDoNotResolve_givesTheLinkUp() {
        var session = StrapSession.connecting()
        _ = session.handle(.connectAnswered(attempt: 1, nil))
        let states = session.handle(.deadlinePassed).states
        #expect(states.count == 1)
        #expect(states[0].hasPrefix("disconnected: its services could not be read within 30 s; "))
        #expect(states[0].hasSuffix("pair it"))
    }

    @Test func session_whenTheLinkIsGoneAndDisconnectIsNotAnswered_goesOnAfterASecond() {
        var session = StrapSession.connecting()
        _ = session.handle(.connectAnswered(attempt: 1, nil))
        _ = session.show(Scenery.strap(isConnected: true))
        _ = session.handle(.deadlinePassed)
        #expect(session.show(Scenery.strap()).deadline == .exactly(StrapLimits.lateAnswer))
        #expect(session.show(Scenery.strap()).deadline == nil)
        _ = session.handle(.deadlinePassed)
        #expect(session.state == .searching)
        #expect(session.handle(.disconnectAnswered(attempt: 1)).isEmpty)
    }

    @Test func session_whenObjectIsGoneAndDisconnectIsNotAnswered_goesOnAfterASecond() {
        var session = StrapSession.connecting()
        _ = session.handle(.connectAnswered(attempt: 1, nil))
        _ = session.show(Scenery.strap(isConnected: true))
        _ = session.handle(.deadlinePassed)
        #expect(session.show(nil).deadline == .exactly(StrapLimits.lateAnswer))
        #expect(session.show(nil).deadline == nil)
        _ = session.handle(.deadlinePassed)
        #expect(session.state == .searching)
    }

    @Test func session_whenConnectHangsAndDisconnectIsNotAnswered_waitsItsTime() {
        var session = StrapSession.connecting()
        #expect(session.handle(.deadlinePassed).deadline == .exactly(StrapLimits.leave))
        #expect(session.show(Scenery.strap()).deadline == nil)
    }

    @Test func session_whenObjectsAreMissing_asksForThemThenForgetsTheDeviceOnce() {
        var session = StrapSession.connecting()
        let bare = Scenery.strap(isConnected: true, isResolved: true)
        let refresh = session.show(bare)
        #expect(refresh.contains(.refreshObjects))
        #expect(refresh.deadline == .exactly(StrapLimits.gattObjects))

        let leave = session.handle(.deadlinePassed)
        #expect(leave.contains(.disconnect(device, attempt: 1)))
        _ = session.handle(.disconnectAnswered(attempt: 1))
        #expect(session.show(Scenery.strap()).contains(.removeDevice(device, adapter: Scenery.hci0)))

        _ = session.show(candidate: Scenery.strap())
        _ = session.handle(.granted(othersWait: false))
        _ = session.show(bare)
        _ = session.handle(.deadlinePassed)
        _ = session.handle(.disconnectAnswered(attempt: 2))
        #expect(!session.show(Scenery.strap()).contains(.removeDevice(device, adapter: Scenery.hci0)))
    }

    @Test func session_whenObjectsAppearLate_subscribes() {
        var session = StrapSession.connecting()
        _ = session.show(Scenery.strap(isConnected: true, isResolved: true))
        #expect(session.show(Scenery.connectedStrap()).contains(.subscribe(characteristic, attempt: 1)))
    }

    @Test func session_whenDeviceIsPaired_keepsItsBond() {
        var session = StrapSession.connecting()
        _ = session.show(Scenery.strap(isConnected: true, isPaired: true, isResolved: true))
        _ = session.handle(.deadlinePassed)
        _ = session.handle(.disconnectAnswered(attempt: 1))
        #expect(!session.show(Scenery.strap(isPaired: true)).contains(.removeDevice(device, adapter: Scenery.hci0)))
    }

    @Test func session_whenSubscribingIsRefused_givesTheLinkUp() {
        var session = StrapSession.subscribing()
        let refusal = Scenery.bluezError("NotPermitted", "Write not permitted")
        let actions = session.handle(.subscribeAnswered(attempt: 1, refusal))
        #expect(actions.contains(.disconnect(device, attempt: 1)))
        #expect(actions.states.count { $0.contains("Write not permitted") && $0.hasSuffix("pair it") } == 1)
        _ = session.show(Scenery.strap())
        #expect(session.handle(.disconnectAnswered(attempt: 1)).contains(.unsubscribe(attempt: 1)))
    }

    @Test func session_whenSubscribingIsRefusedForAnotherReasonThanABond_doesNotAdvisePairing() {
        var session = StrapSession.subscribing()
        let actions = session.handle(.subscribeAnswered(attempt: 1, Scenery.bluezError("NotSupported")))
        #expect(actions.states.count == 1)
        #expect(!actions.states.contains { $0.contains("pair it") })
    }

    @Test func session_whenLinkIsLostWhileSubscribing_advisesPairing() {
        var session = StrapSession.subscribing()
        let states = session.show(Scenery.strap()).states
        #expect(
            states == [
                "disconnected: the link was lost before the subscription stood; "
                    + "a strap that wants to be paired does this: pair it"
            ])
    }

    @Test func session_whenServicesGoBeforeTheLinkWhileSubscribing_advisesPairing() {
        var session = StrapSession.subscribing()
        _ = session.show(Scenery.strap(isConnected: true))
        let states = session.show(Scenery.strap()).states
        #expect(states.count == 1)
        #expect(states.contains { $0.hasSuffix("pair it") })
    }

    @Test func session_whenSubscribingHangs_givesTheLinkUp() {
        var session = StrapSession.subscribing()
        #expect(session.handle(.deadlinePassed).contains(.disconnect(device, attempt: 1)))
    }
}
