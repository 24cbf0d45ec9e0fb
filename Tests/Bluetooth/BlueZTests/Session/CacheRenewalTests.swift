import DBus
import Testing

@testable import BlueZ

/// bluetoothd's memory of the strap's services is out of date: forget and look again.
@Suite struct CacheRenewalTests {
    private static let invalidHandle = Scenery.bluezError("Failed", "Operation failed with ATT error: 0x01")
    private let device = Scenery.devicePath()
    private let removal = StrapSession.Action.removeDevice(Scenery.devicePath(), adapter: Scenery.hci0)

    private static func session(_ selector: StrapSelector = .address(Scenery.strap().address)) -> StrapSession {
        StrapSession(StrapConfiguration(name: "chest", selector: selector))
    }

    /// From the first advertisement to `StartNotify`, over a link of our own.
    private func connect(_ session: inout StrapSession, isPaired: Bool = false) -> Int {
        if session.state == .pausing { _ = session.handle(.deadlinePassed) }
        _ = session.show(candidate: Scenery.strap(isPaired: isPaired))
        _ = session.handle(.granted(othersWait: false))
        let attempt = session.link?.attempt ?? 0
        _ = session.handle(.connectAnswered(attempt: attempt, nil))
        var connected = Scenery.connectedStrap()
        connected.isPaired = isPaired
        _ = session.show(connected)
        return attempt
    }

    private func end(_ session: inout StrapSession, _ attempt: Int, isPaired: Bool = false) -> [StrapSession.Action] {
        session.show(Scenery.strap(isPaired: isPaired)) + session.handle(.disconnectAnswered(attempt: attempt))
    }

    /// A link over which `StartNotify` is refused.
    private func refuse(
        _ session: inout StrapSession, _ error: BusError, isPaired: Bool = false
    ) -> [StrapSession.Action] {
        let attempt = connect(&session, isPaired: isPaired)
        return session.handle(.subscribeAnswered(attempt: attempt, error)) + end(&session, attempt, isPaired: isPaired)
    }

    @Test(arguments: [
        invalidHandle, Scenery.bluezError("Failed", "Operation failed with ATT error: 0x0a (Attribute Not Found)"),
        Scenery.bluezError("Failed", "Operation failed with ATT error: 0x0e"),
        Scenery.bluezError("Failed", "Operation failed with ATT error: 0xfd"), Scenery.unknownObject,
        BusError(name: BusError.Name.unknownMethod, message: "StartNotify"),
    ])
    func session_whenStartNotifyIsRefusedAgainAndAgain_removesTheDeviceOnce(error: BusError) {
        var session = Self.session()
        var actions = refuse(&session, error) + refuse(&session, error)
        #expect(!actions.contains(removal), "may be chance")
        actions = refuse(&session, error)
        #expect(actions.contains(removal) && actions.contains(.note(.cacheEmptied)))
        #expect(!actions.states.contains { $0.contains("pair it") })
        for _ in 0..<20 { #expect(!refuse(&session, error).contains(removal), "once an hour") }
        #expect(!session.handle(.timerPassed(.cache)).contains(removal))
        #expect(refuse(&session, error).contains(removal), "the next hour")
    }

    @Test func session_whenAHeartRateCameAfterIt_mayRemoveTheDeviceAgain() {
        var session = Self.session()
        for _ in 0..<3 { _ = refuse(&session, Self.invalidHandle) }
        let attempt = connect(&session)
        _ = session.handle(.subscribeAnswered(attempt: attempt, nil))
        #expect(session.handle(.measured(attempt: attempt, Scenery.heartRate)).contains(.setTimer(.cache, nil)))
        _ = session.show(Scenery.strap())
        let actions = (0..<3).flatMap { _ in refuse(&session, Self.invalidHandle) }
        #expect(actions.count { $0 == removal } == 1)
    }

    @Test func session_whenServicesNeverResolve_removesTheDeviceOnce() {
        var session = Self.session()
        var removals = 0
        for _ in 0..<6 {
            if session.state == .pausing { _ = session.handle(.deadlinePassed) }
            _ = session.show(candidate: Scenery.strap())
            _ = session.handle(.granted(othersWait: false))
            let attempt = session.link?.attempt ?? 0
            _ = session.handle(.connectAnswered(attempt: attempt, nil))
            _ = session.show(Scenery.strap(isConnected: true))
            _ = session.handle(.deadlinePassed)
            removals += end(&session, attempt).count { $0 == removal }
        }
        #expect(removals == 1)
    }

    /// A wrong handle may be written to without an error.
    @Test(arguments: [true, false])
    func session_whenNothingOrNonsenseComes_removesTheDeviceOnce(isSilent: Bool) {
        var session = Self.session()
        var removals = 0
        for _ in 0..<6 {
            let attempt = connect(&session)
            _ = session.handle(.subscribeAnswered(attempt: attempt, nil))
            if !isSilent { _ = session.handle(.malformed(attempt: attempt)) }
            _ = session.handle(.deadlinePassed)
            removals += end(&session, attempt).count { $0 == removal }
        }
        #expect(removals == 1)
    }

    @Test(arguments: [
        Scenery.bluezError("NotPermitted", "Not paired"), Scenery.bluezError("NotAuthorized"),
        Scenery.bluezError("Failed", "Operation failed with ATT error: 0x0f"),
    ])
    func session_whenABondIsMissing_advisesOneAndRemovesNothing(error: BusError) {
        var session = Self.session()
        let actions = (0..<8).flatMap { _ in refuse(&session, error) }
        #expect(!actions.contains(removal))
        #expect(actions.states.contains { $0.hasSuffix("pair it") })
    }

    @Test func session_whenStartNotifyIsNotAnswered_leavesTimeForABondFirst() {
        var session = Self.session()
        let noAnswer = BusError(name: BusError.Name.noReply, message: "no answer")
        let actions = (0..<4).flatMap { _ in refuse(&session, noAnswer) }
        #expect(!actions.contains(removal))
        #expect(actions.states.contains { $0.hasSuffix("pair it") })
        #expect(refuse(&session, noAnswer).contains(removal))
    }

    @Test func session_whenTheDeviceHasABond_keepsItAndSaysWhatToDo() {
        var session = Self.session()
        let actions = (0..<8).flatMap { _ in refuse(&session, Self.invalidHandle, isPaired: true) }
        #expect(!actions.contains(removal))
        #expect(actions.states.contains { $0.contains("forget it, then pair it") })
        #expect(actions.states.contains { $0.contains("ATT error: 0x01") }, "the foreign text is kept")
    }

    @Test func session_whenTheDeviceIsKnownByAUsersNameForIt_doesNotLoseThatName() {
        var session = Self.session(.name("My strap"))
        var actions: [StrapSession.Action] = []
        for _ in 0..<8 { actions += refuse(&session, Self.invalidHandle) }
        #expect(!actions.contains(removal))
    }

    @Test func session_whenAnotherProgramConnectsMeanwhile_removesNothing() {
        var session = Self.session()
        for _ in 0..<2 { _ = refuse(&session, Self.invalidHandle) }
        let attempt = connect(&session)
        _ = session.handle(.subscribeAnswered(attempt: attempt, Self.invalidHandle))
        _ = session.handle(.disconnectAnswered(attempt: attempt))
        #expect(!session.handle(.deadlinePassed).contains(removal), "still, or again, Connected=true")
    }

    @Test func session_whenAReadFailsThatWay_keepsTheLinkAndForgetsWhenItEnds() {
        var session = Self.session()
        let attempt = connect(&session)
        var strap = Scenery.connectedStrap()
        strap.detailPaths = [.modelNumber: "/model"]
        _ = session.show(strap)
        _ = session.handle(.subscribeAnswered(attempt: attempt, nil))
        _ = session.handle(.measured(attempt: attempt, Scenery.heartRate))
        let failed = session.handle(.readAnswered(attempt: attempt, .modelNumber, .failure(Self.invalidHandle)))
        #expect(failed.isEmpty && session.status.phase == .live)
        #expect(session.show(Scenery.strap()).contains(removal))
    }

    @Test func session_whenALiveLinkIsLost_removesNothing() {
        var session = Self.session()
        for _ in 0..<8 {
            let attempt = connect(&session)
            _ = session.handle(.subscribeAnswered(attempt: attempt, nil))
            _ = session.handle(.measured(attempt: attempt, Scenery.noContact))
            #expect(!session.show(Scenery.strap()).contains(removal))
        }
    }

    @Test func session_whenTheDeviceWasTrusted_isTrustedAgain() {
        var session = Self.session()
        for _ in 0..<2 { _ = refuse(&session, Self.invalidHandle) }
        let attempt = connect(&session)
        var trusted = Scenery.connectedStrap()
        trusted.isTrusted = true
        _ = session.show(trusted)
        _ = session.handle(.subscribeAnswered(attempt: attempt, Self.invalidHandle))
        _ = session.handle(.disconnectAnswered(attempt: attempt))
        var gone = Scenery.strap()
        gone.isTrusted = true
        #expect(session.show(gone).contains(removal))
        let next = connect(&session)
        _ = session.handle(.subscribeAnswered(attempt: next, nil))
        #expect(session.handle(.measured(attempt: next, Scenery.heartRate)).contains(.trust(device)))
    }

    @Test func budget_ofManyDevices_isBounded() {
        var cache = CacheRenewal()
        let spent = (0..<100).count { number in
            cache.spend(Scenery.address("5A:00:00:00:00:\(number < 10 ? "0" : "")\(number)"))
        }
        #expect(spent == CacheRenewal.deviceLimit)
        cache.pauseOver()
        #expect(cache.spent.isEmpty)
    }
}
