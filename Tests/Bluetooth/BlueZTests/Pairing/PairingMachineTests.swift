import DBus
import Testing
import Timing

@testable import BlueZ

/// The course of pairing as a value: events and actions.
@Suite struct PairingMachineTests {
    private static let device = Scenery.devicePath()
    private static let measurement = Scenery.characteristicPath()
    private static let byAddress = PairingRequest(selector: .address(Scenery.address("C4:00:00:00:00:01")))
    private static let denied = BusError(name: BusError.Name.accessDenied, message: "Rejected send message")

    /// A machine that has just been shown a scanning adapter and these devices.
    private func machine(
        _ request: PairingRequest? = byAddress, isInteractive: Bool = false, _ devices: BlueZSnapshot.Device...
    ) -> PairingMachine {
        var machine = PairingMachine(request, adapter: nil, isInteractive: isInteractive)
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        _ = machine.handle(.observed(Scenery.snapshot(2)))
        _ = machine.handle(.adapter(Scenery.hci0, .startAnswered(nil)))
        var snapshot = Scenery.snapshot(3, adapters: [Scenery.adapter(isDiscovering: true)])
        for device in devices { snapshot.devices[device.path] = device }
        _ = machine.handle(.observed(snapshot))
        return machine
    }

    private func connected(isPaired: Bool = false, isTrusted: Bool = false) -> BlueZSnapshot {
        var device = Scenery.connectedStrap()
        device.isPaired = isPaired
        device.isTrusted = isTrusted
        return Scenery.snapshot(10, device)
    }

    /// The machine while `StartNotify` is under way on a link of its own.
    private func subscribing(pairsAlways: Bool = false, isPaired: Bool = false) -> PairingMachine {
        var machine = machine(
            PairingRequest(selector: Self.byAddress.selector, pairsAlways: pairsAlways),
            Scenery.strap(isPaired: isPaired))
        _ = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        _ = machine.handle(.agentAnswered(nil))
        _ = machine.handle(.connectAnswered(nil))
        _ = machine.handle(.observed(connected(isPaired: isPaired)))
        return machine
    }

    @Test func machine_whenStrapIsHeard_stopsTheScanRegistersTheAgentAndConnects() {
        var machine = machine(Self.byAddress, Scenery.strap())
        #expect(machine.state == .queued(PairingMachine.Link(device: Scenery.strap())))
        #expect(machine.handle(.adapter(Scenery.hci0, .stopAnswered)).contains(.registerAgent(for: Self.device)))
        #expect(machine.handle(.agentAnswered(nil)).contains(.connect(Self.device)))
    }

    @Test func machine_whenOnlyOthersAreHeard_namesThem() throws {
        let request = PairingRequest(selector: .name("Chets"))
        var machine = machine(request, Scenery.strap())
        #expect(machine.state == .searching)
        _ = machine.handle(.deadlinePassed)
        guard case .leaving(.failed(let error), _) = machine.state, case .notHeard(_, _, let others) = error else {
            Issue.record("\(machine.state)")
            return
        }
        #expect(others.map(\.address) == [Scenery.strap().address])
        #expect("\(error)".contains("`Chets`"))
        #expect("\(error)".contains("Heard instead: ") && "\(error)".contains("\(Scenery.strap().address)"))
    }

    @Test func machine_whenStrapIsConnectedAlready_neitherConnectsNorDisconnects() {
        var machine = machine(Self.byAddress, Scenery.connectedStrap())
        let actions = machine.handle(.agentAnswered(nil))
        #expect(actions.contains(.subscribe(Self.measurement)))
        #expect(!actions.contains(.connect(Self.device)))
        #expect(machine.handle(.stop).contains(.leave(disconnecting: nil)))
    }

    @Test func machine_whenStoppedWhileConnecting_disconnectsToCancel() {
        var machine = machine(Self.byAddress, Scenery.strap())
        _ = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        _ = machine.handle(.agentAnswered(nil))
        #expect(machine.handle(.stop).contains(.leave(disconnecting: Self.device)))
        _ = machine.handle(.left)
        #expect(machine.outcome == .failed(.stopped))
    }

    @Test(arguments: [Scenery.bluezError("InProgress"), Scenery.bluezError("Failed", "Operation already in progress")])
    func machine_whenSomebodyElseConnects_waitsAndLeavesTheLinkToThem(error: BusError) {
        var machine = machine(Self.byAddress, Scenery.strap())
        _ = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        _ = machine.handle(.agentAnswered(nil))
        let waiting = machine.handle(.connectAnswered(error))
        #expect(waiting == [.setDeadline(.exactly(StrapLimits.connectWhileOthersWait))])
        #expect(machine.handle(.observed(connected())).contains(.subscribe(Self.measurement)))
        #expect(machine.handle(.stop).contains(.leave(disconnecting: nil)))
    }

    @Test func machine_whenNothingComesOfAnothersConnect_connectsItself() {
        var machine = machine(Self.byAddress, Scenery.strap())
        _ = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        _ = machine.handle(.agentAnswered(nil))
        for _ in 1..<PairingLimits.connectAttempts {
            _ = machine.handle(.connectAnswered(Scenery.bluezError("InProgress")))
            #expect(machine.handle(.deadlinePassed).contains(.connect(Self.device)))
        }
        _ = machine.handle(.connectAnswered(Scenery.bluezError("InProgress")))
        _ = machine.handle(.deadlinePassed)
        #expect(machine.isEnding)
    }

    @Test func machine_whenSubscribed_trustsThenListensToThreeMeasurements() {
        var machine = subscribing()
        #expect(machine.handle(.subscribeAnswered(nil)).contains(.trust(Self.device)))
        #expect(machine.handle(.trustAnswered(nil)).first == .progress(.trusted))
        #expect(machine.handle(.measured(Scenery.heartRate)).contains(.progress(.measured(Scenery.heartRate))))
        _ = machine.handle(.measured(Scenery.noContact))
        #expect(machine.handle(.measured(Scenery.heartRate)).contains(.leave(disconnecting: Self.device)))
        _ = machine.handle(.left)
        guard case .done(let device) = machine.outcome else {
            Issue.record("\(machine.state)")
            return
        }
        #expect(device.address.description == "C4:00:00:00:00:01")
    }

    @Test(arguments: [
        Scenery.bluezError("NotPermitted", "Not paired"), Scenery.bluezError("Failed", "ATT error: 0x0f"),
        BusError(name: BusError.Name.noReply, message: "no answer"),
    ])
    func machine_whenSubscribingFailsWithoutABond_pairsOnce(error: BusError) {
        var machine = subscribing()
        #expect(machine.handle(.subscribeAnswered(error)).contains(.pair(Self.device)))
        #expect(machine.handle(.pairAnswered(nil)).contains(.subscribe(Self.measurement)))
        _ = machine.handle(.subscribeAnswered(error))
        #expect(machine.isEnding)
    }

    @Test(arguments: [
        Scenery.bluezError("NotSupported"), denied,
        Scenery.bluezError("Failed", "Operation failed with ATT error: 0x11"),
    ])
    func machine_whenSubscribingFailsForAnotherReason_doesNotPair(error: BusError) {
        var machine = subscribing()
        #expect(!machine.handle(.subscribeAnswered(error)).contains(.pair(Self.device)))
        _ = machine.handle(.left)
        #expect(machine.outcome == .failed(.link(.subscribeFailed(error))))
    }

    // MARK: A memory of the services that is out of date

    @Test(arguments: [
        Scenery.unknownObject, Scenery.bluezError("Failed", "Operation failed with ATT error: 0x01 (Invalid Handle)"),
    ])
    func machine_whenServicesAreOutdated_forgetsTheDeviceOnceAndLooksAgain(error: BusError) {
        var machine = subscribing()
        let refused = machine.handle(.subscribeAnswered(error))
        #expect(refused.contains(.removeDevice(Self.device, adapter: Scenery.hci0)))
        #expect(!refused.contains(.pair(Self.device)))
        _ = machine.handle(.observed(Scenery.snapshot(11)))
        _ = machine.handle(.removed)
        #expect(machine.state == .searching)
        _ = machine.handle(.observed(Scenery.snapshot(12, Scenery.strap())))
        _ = machine.handle(.adapter(Scenery.hci0, .startAnswered(nil)))
        _ = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        _ = machine.handle(.connectAnswered(nil))
        _ = machine.handle(.observed(Scenery.snapshot(13, Scenery.connectedStrap())))
        let again = machine.handle(.subscribeAnswered(error))
        #expect(!again.contains(.removeDevice(Self.device, adapter: Scenery.hci0)))
        _ = machine.handle(.left)
        _ = machine.handle(.deadlinePassed)
        #expect(machine.outcome == .failed(.link(.subscribeFailed(error))))
    }

    @Test func machine_whenServicesOfABondedStrapAreOutdated_keepsTheBondAndSaysWhatToDo() throws {
        var machine = subscribing(isPaired: true)
        let refused = machine.handle(.subscribeAnswered(Scenery.unknownObject))
        #expect(!refused.contains(.removeDevice(Self.device, adapter: Scenery.hci0)))
        _ = machine.handle(.left)
        let outcome = try #require(machine.outcome)
        guard case .failed(let error) = outcome else { return }
        #expect("\(error)".contains("forget it, then pair it"))
    }

    @Test func machine_whenAnotherProgramIsConnected_removesNothing() {
        var machine = machine(Self.byAddress, Scenery.connectedStrap())
        _ = machine.handle(.agentAnswered(nil))
        let refused = machine.handle(.subscribeAnswered(Scenery.unknownObject))
        #expect(!refused.contains(.removeDevice(Self.device, adapter: Scenery.hci0)))
        #expect(refused.contains(.leave(disconnecting: nil)))
    }

    @Test func machine_whenNotificationsAreTaken_neitherPairsNorAdvisesIt() throws {
        var machine = subscribing()
        let refused = machine.handle(.subscribeAnswered(Scenery.bluezError("NotPermitted", "Notify acquired")))
        #expect(!refused.contains(.pair(Self.device)))
        _ = machine.handle(.left)
        guard case .failed(let error) = try #require(machine.outcome) else { return }
        #expect("\(error)".contains("another program has the notifications for itself"))
        #expect(!"\(error)".contains("pair"))
    }

    @Test func machine_whenTheFirstMeasurementRefuses_triesTheOther() {
        var machine = subscribing()
        var device = Scenery.connectedStrap()
        device.otherMeasurementPaths = ["/org/bluez/hci0/dev_C4_00_00_00_00_01/service0020/char0021"]
        _ = machine.handle(.observed(Scenery.snapshot(11, device)))
        let refused = machine.handle(.subscribeAnswered(Scenery.bluezError("NotSupported")))
        #expect(refused.contains(.subscribe("/org/bluez/hci0/dev_C4_00_00_00_00_01/service0020/char0021")))
        #expect(machine.handle(.subscribeAnswered(nil)).contains(.trust(Self.device)))
    }

    // MARK: Measurements

    @Test func machine_whenNoHeartRateComes_doesNotSayThatItWorks() {
        var machine = subscribing()
        _ = machine.handle(.subscribeAnswered(nil))
        _ = machine.handle(.trustAnswered(nil))
        for _ in 1..<PairingLimits.measurementsWithoutHeartRate {
            _ = machine.handle(.measured(Scenery.noPulse))
            #expect(!machine.isEnding)
        }
        _ = machine.handle(.measured(Scenery.noPulse))
        _ = machine.handle(.left)
        #expect(machine.outcome == .failed(.link(.zeroBeatsPerMinute)))
    }

    @Test func machine_whenTheFirstHeartRateComesLate_isDoneWithIt() {
        var machine = subscribing()
        _ = machine.handle(.subscribeAnswered(nil))
        _ = machine.handle(.trustAnswered(nil))
        for _ in 0..<5 { _ = machine.handle(.measured(Scenery.noContact)) }
        _ = machine.handle(.measured(Scenery.heartRate))
        #expect(machine.isEnding)
    }

    @Test func machine_whenToldToPairAlways_pairsBeforeItSubscribes() {
        var machine = subscribing(pairsAlways: true)
        guard case .pairing = machine.state else {
            Issue.record("\(machine.state)")
            return
        }
        #expect(machine.handle(.pairAnswered(nil)).contains(.subscribe(Self.measurement)))
    }

    @Test func machine_whenStrapIsPairedAlready_doesNotPair() {
        var machine = subscribing(pairsAlways: true, isPaired: true)
        let error = Scenery.bluezError("Failed", "ATT error: 0x0f")
        #expect(!machine.handle(.subscribeAnswered(error)).contains(.pair(Self.device)))
    }

    @Test func machine_whenLinkIsLost_saysSo() {
        var machine = subscribing()
        _ = machine.handle(.observed(Scenery.snapshot(11, Scenery.strap())))
        _ = machine.handle(.left)
        #expect(machine.outcome == .failed(.link(.linkLost)))
    }

    /// An uploader that has no agent holds a link which comes to nothing; the next one has the agent.
    @Test func machine_whenTheLinkOfAnotherIsLost_triesAgainWithTheAgent() {
        var machine = machine(Self.byAddress, Scenery.strap(isConnected: true))
        _ = machine.handle(.agentAnswered(nil))
        _ = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        let lost = machine.handle(.observed(Scenery.snapshot(4)))
        #expect(lost.contains(.adapter("/org/bluez/hci0", .startDiscovery(.everyAdvertisement))))
        let found = machine.handle(.observed(Scenery.snapshot(5, Scenery.strap(isConnected: true))))
        #expect(!found.contains(.registerAgent(for: Self.device)))
        _ = machine.handle(.observed(connected()))
        #expect(machine.handle(.subscribeAnswered(nil)).contains(.trust(Self.device)))
    }

    @Test func machine_whenTheLinkOfAnotherIsLostAgainAndAgain_saysSo() {
        var machine = machine(Self.byAddress, Scenery.strap(isConnected: true))
        _ = machine.handle(.agentAnswered(nil))
        for revision in 4..<100 where !machine.isEnding {
            let isThere = !revision.isMultiple(of: 2)
            let there = Scenery.snapshot(revision, Scenery.strap(isConnected: true))
            _ = machine.handle(.observed(isThere ? there : Scenery.snapshot(revision)))
        }
        _ = machine.handle(.left)
        _ = machine.handle(.deadlinePassed)
        #expect(machine.outcome == .failed(.link(.linkLost)))
    }

    @Test func machine_whenMeasurementIsNotThere_asksForObjectsOnce() {
        var machine = machine(Self.byAddress, Scenery.strap())
        _ = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        _ = machine.handle(.agentAnswered(nil))
        _ = machine.handle(.connectAnswered(nil))
        let bare = Scenery.strap(isConnected: true, isResolved: true)
        #expect(machine.handle(.observed(Scenery.snapshot(10, bare))).contains(.refreshObjects))
        #expect(!machine.handle(.observed(Scenery.snapshot(11, bare))).contains(.refreshObjects))
        let missing = machine.handle(.deadlinePassed)
        #expect(missing.contains(.removeDevice(Self.device, adapter: Scenery.hci0)), "the cache may be stale")
        _ = machine.handle(.removed)
        _ = machine.handle(.observed(Scenery.snapshot(12, bare)))
        _ = machine.handle(.deadlinePassed)
        _ = machine.handle(.left)
        _ = machine.handle(.deadlinePassed)
        #expect(machine.outcome == .failed(.link(.noHeartRateService)))
    }

    @Test func machine_whenStrapFallsSilent_saysSo() {
        var machine = subscribing()
        _ = machine.handle(.subscribeAnswered(nil))
        _ = machine.handle(.trustAnswered(nil))
        _ = machine.handle(.deadlinePassed)
        _ = machine.handle(.left)
        #expect(machine.outcome == .failed(.link(.silent(StrapLimits.silence))))
    }

    @Test func machine_whenTheEndIsNotAnswered_endsAfterItsTime() {
        var machine = subscribing()
        _ = machine.handle(.stop)
        #expect(machine.outcome == nil)
        _ = machine.handle(.deadlinePassed)
        #expect(machine.outcome == .failed(.stopped))
    }

    @Test func machine_whenStoppedBeforeAnythingIsKnown_endsAtOnce() {
        var machine = PairingMachine(nil, adapter: nil)
        _ = machine.handle(.stop)
        _ = machine.handle(.left)
        #expect(machine.outcome == .failed(.stopped))
    }

    @Test func machine_whenAccessIsDenied_saysSo() {
        var machine = machine()
        _ = machine.handle(.adapter(Scenery.hci0, .deadlinePassed))
        _ = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        _ = machine.handle(.adapter(Scenery.hci0, .startAnswered(Self.denied)))
        _ = machine.handle(.left)
        #expect(machine.outcome == .failed(.machine(.busAccessDenied("\(Self.denied)"))))
    }
}
