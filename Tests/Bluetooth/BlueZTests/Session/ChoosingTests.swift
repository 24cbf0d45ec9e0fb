import DBus
import HeartRate
import Testing
import Timing

@testable import BlueZ

/// *First* binds to the first heart rate, and to the device rather than to its address.
@Suite struct ChoosingTests {
    private static let trainer = Scenery.strap(2, name: "Trainer", signalStrength: -40)

    private static func connected(_ number: Int) -> BlueZSnapshot.Device {
        Scenery.strap(
            number, name: number == 2 ? "Trainer" : "HR Strap", isConnected: true, isResolved: true,
            hasMeasurement: true)
    }

    /// A machine that listens to a trainer, over a link of its own.
    private static func listeningToTrainer() -> CentralMachine {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1, trainer)))
        _ = machine.handle(.strap(0, .connectAnswered(attempt: 1, nil)))
        _ = machine.handle(.observed(Scenery.snapshot(2, connected(2))))
        _ = machine.handle(.strap(0, .subscribeAnswered(attempt: 1, nil)))
        return machine
    }

    @Test(arguments: [Scenery.noPulse, Scenery.noContact])
    func machine_whenATrainerSendsNoHeartRate_goesOnToTheStrapThatIsHeard(measurement: HeartRateMeasurement) {
        var machine = Self.listeningToTrainer()
        _ = machine.handle(.strap(0, .measured(attempt: 1, measurement)))
        #expect(machine.sessions[0].status.phase == .noContact)
        #expect(machine.sessions[0].bound == nil)
        let heard = Scenery.snapshot(3, Self.connected(2), Scenery.strap(1))
        #expect(machine.handle(.observed(heard)).calls.isEmpty, "the candidate has its time")

        let over = machine.handle(.strap(0, .timerPassed(.trial)))
        #expect(over.calls.contains(.strap(0, .disconnect(Scenery.devicePath(2), attempt: 1))))
        _ = machine.handle(.strap(0, .disconnectAnswered(attempt: 1)))
        _ = machine.handle(.observed(Scenery.snapshot(4, Self.trainer, Scenery.strap(1))))
        #expect(machine.sessions[0].link?.device.path == Scenery.devicePath(1), "although its signal is weaker")
        #expect(machine.sessions[0].failures == 0)
    }

    @Test func machine_whenNothingElseIsHeard_staysAndScans() {
        var machine = Self.listeningToTrainer()
        _ = machine.handle(.strap(0, .measured(attempt: 1, Scenery.noPulse)))
        let over = machine.handle(.strap(0, .timerPassed(.trial)))
        #expect(over.calls == [.adapter(Scenery.hci0, .startDiscovery(.heartRateService))])
        #expect(over.contains(.strap(0, .setTimer(.trial, .exactly(StrapLimits.patience)))))
        let late = machine.handle(.observed(Scenery.snapshot(3, Self.connected(2), Scenery.strap(1))))
        #expect(
            late.calls.contains(.strap(0, .disconnect(Scenery.devicePath(2), attempt: 1))), "as soon as it is heard")
    }

    @Test func machine_whenACandidateSendsAHeartRate_isBoundAndScansNoMore() {
        var machine = Self.listeningToTrainer()
        let live = machine.handle(.strap(0, .measured(attempt: 1, Scenery.heartRate)))
        #expect(live.contains(.strap(0, .setTimer(.trial, nil))))
        #expect(machine.sessions[0].bound?.address == Self.trainer.address)
        _ = machine.handle(.strap(0, .measured(attempt: 1, Scenery.noPulse)))
        let heard = machine.handle(.observed(Scenery.snapshot(3, Self.connected(2), Scenery.strap(1))))
        #expect(heard.calls.isEmpty)
    }

    /// Two devices that send no heart rate: each is tried, and then there is peace for a while that grows.
    @Test func session_whenNobodySendsAHeartRate_doesNotThrash() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .first))
        var waits: [DeadlineSpec?] = []
        _ = session.show(candidate: Self.connected(2))
        _ = session.handle(.timerPassed(.trial))
        for _ in 0..<6 {
            for case .setTimer(.trial, let wait) in session.handle(.timerPassed(.trial)) { waits.append(wait) }
        }
        #expect(waits == [120, 240, 300, 300, 300, 300].map { .exactly(.seconds($0)) })
    }

    @Test func machine_whenACandidateWasLeft_isTriedAgainLater() {
        var machine = Self.listeningToTrainer()
        _ = machine.handle(.strap(0, .timerPassed(.trial)))
        _ = machine.handle(.observed(Scenery.snapshot(3, Self.connected(2), Scenery.strap(1))))
        _ = machine.handle(.strap(0, .disconnectAnswered(attempt: 1)))
        _ = machine.handle(.observed(Scenery.snapshot(4, Self.trainer, Scenery.strap(1))))
        _ = machine.handle(.adapter(Scenery.hci0, .startAnswered(nil)))
        _ = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        _ = machine.handle(.strap(0, .connectAnswered(attempt: 2, nil)))
        let both = Scenery.snapshot(5, Self.trainer, Self.connected(1))
        _ = machine.handle(.observed(both))
        _ = machine.handle(.strap(0, .subscribeAnswered(attempt: 2, nil)))
        #expect(machine.handle(.strap(0, .timerPassed(.trial))).calls.allSatisfy { $0 != leaving }, "not at once")
        #expect(machine.handle(.strap(0, .timerPassed(.trial))).calls.contains(leaving))
    }

    private let leaving = CentralMachine.Action.strap(0, .disconnect(Scenery.devicePath(1), attempt: 2))

    @Test func machine_whenAnotherProgramHasTheTrainer_leavesThatLinkAlone() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1, Self.connected(2))))
        _ = machine.handle(.strap(0, .subscribeAnswered(attempt: 1, nil)))
        _ = machine.handle(.strap(0, .measured(attempt: 1, Scenery.noPulse)))
        _ = machine.handle(.strap(0, .timerPassed(.trial)))
        let heard = machine.handle(.observed(Scenery.snapshot(2, Self.connected(2), Scenery.strap(1))))
        #expect(!heard.calls.contains(.strap(0, .disconnect(Scenery.devicePath(2), attempt: 1))))
        #expect(heard.calls.contains(.strap(0, .stopNotify(Scenery.characteristicPath(2)))))
        #expect(machine.sessions[0].link?.device.path == Scenery.devicePath(1))
    }

    @Test func session_whenABroadcasterSendsNoHeartRate_isNotBoundAndGoesOnToAnother() {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .first, mode: .broadcast))
        _ = session.show(candidate: Scenery.strap(2, broadcast: Scenery.broadcast))
        let silent = PolarBroadcast(beatsPerMinute: 72, isContactDetected: false, counter: 1)
        _ = session.handle(.broadcastReceived(attempt: 1, silent, at: Moment(wallMilliseconds: 0, bootMilliseconds: 0)))
        #expect(session.bound == nil)
        _ = session.handle(.timerPassed(.trial))
        let view = StrapSession.View(device: Scenery.strap(2, broadcast: Scenery.broadcast), hasAlternative: true)
        #expect(session.handle(.observed(view)).contains(.unsubscribe(attempt: 1)))
        #expect(session.state == .searching)
    }

    @Test func session_whenOnlyPacketsWithoutHeartRateCome_stillCountsFailures() {
        var session = StrapSession.subscribing()
        session.failures = 5
        _ = session.handle(.measured(attempt: 1, Scenery.noContact))
        #expect(session.failures == 5)
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        #expect(session.failures == 0)
    }

    // MARK: Nothing but empty or malformed values

    @Test func session_whenOnlyNonsenseComes_saysSoAndRenewsTheLink() {
        var session = StrapSession.subscribing()
        _ = session.handle(.subscribeAnswered(attempt: 1, nil))
        let first = session.handle(.malformed(attempt: 1))
        #expect(first.contains(.setDeadline(.exactly(StrapLimits.silence))))
        #expect(session.status == StrapState(phase: .subscribing, reason: .onlyMalformed, device: session.lastDevice))
        for _ in 1..<StrapLimits.malformedPackets { _ = session.handle(.malformed(attempt: 1)) }
        #expect(session.handle(.malformed(attempt: 1)).isEmpty, "does not put the end off for ever")
        let end = session.handle(.deadlinePassed)
        #expect(end.contains(.disconnect(Scenery.devicePath(), attempt: 1)))
        #expect(session.status.reason == .onlyMalformed)
        session.failures = StrapLimits.quickRetries
        _ = session.handle(.disconnectAnswered(attempt: 1))
        #expect(session.show(Scenery.strap()).deadline == .backoff(StrapLimits.hopelessRetry, failures: 1))
    }

    @Test func session_whenALiveStrapSendsOnlyNonsense_isNotCalledLive() {
        var session = StrapSession.live()
        for _ in 0..<StrapLimits.reportedMalformedPackets { _ = session.handle(.malformed(attempt: 1)) }
        #expect(session.status.phase == .noContact && session.status.reason == .onlyMalformed)
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        #expect(session.status.phase == .live)
    }

    // MARK: An identity that changes

    private static func watch(_ address: String, name: String? = "Watch HR") -> BlueZSnapshot.Device {
        let path = ObjectPath("/org/bluez/hci0/dev_" + address.split(separator: ":").joined(separator: "_"))
        var watch = Scenery.strap(3, name: name)
        watch.path = path ?? watch.path
        watch.address = Scenery.address(address)
        watch.isAddressRandom = true
        return watch
    }

    private static func boundToWatch(_ name: String? = "Watch HR") -> CentralMachine {
        var machine = CentralMachine(.first)
        var watch = watch("5A:11:22:33:44:55", name: name)
        watch.isConnected = true
        watch.isServicesResolved = true
        watch.measurementPath = Scenery.characteristicPath(3)
        _ = machine.handle(.observed(Scenery.snapshot(1, watch)))
        _ = machine.handle(.strap(0, .subscribeAnswered(attempt: 1, nil)))
        _ = machine.handle(.strap(0, .measured(attempt: 1, Scenery.heartRate)))
        return machine
    }

    @Test func machine_whenABoundPrivateAddressChanges_takesTheSameDeviceAtOnce() {
        var machine = Self.boundToWatch()
        let changed = Self.watch("6B:66:77:88:99:AA")
        _ = machine.handle(.observed(Scenery.snapshot(2, changed, Scenery.strap(1))))
        #expect(machine.sessions[0].link?.device.address == changed.address)
    }

    @Test func machine_whenABoundPrivateAddressVanishesWithoutAName_searchesAnyAfterAWhile() {
        var machine = Self.boundToWatch(nil)
        let gone = machine.handle(.observed(Scenery.snapshot(2, Scenery.strap(1))))
        #expect(gone.contains(.strap(0, .setTimer(.identity, .exactly(StrapLimits.privateAddress)))))
        #expect(machine.sessions[0].link == nil, "may be back")
        _ = machine.handle(.strap(0, .timerPassed(.identity)))
        #expect(machine.sessions[0].link?.device.address == Scenery.strap(1).address)
    }

    @Test func machine_whenABoundLastingAddressVanishes_waitsForIt() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1, Scenery.connectedStrap(1))))
        _ = machine.handle(.strap(0, .subscribeAnswered(attempt: 1, nil)))
        _ = machine.handle(.strap(0, .measured(attempt: 1, Scenery.heartRate)))
        let gone = machine.handle(.observed(Scenery.snapshot(2, Scenery.strap(2))))
        #expect(!gone.contains { if case .strap(0, .setTimer(.identity, _)) = $0 { true } else { false } })
        #expect(machine.sessions[0].link == nil)
    }

    @Test func rejected_ofAddressesThatChange_areBounded() {
        var rejected = RejectedDevices()
        for number in 0..<100 {
            rejected.insert(Scenery.address("5A:00:00:00:00:\(number < 10 ? "0" : "")\(number)"))
        }
        #expect(!rejected.contains(Scenery.address("5A:00:00:00:00:00")))
        #expect(rejected.contains(Scenery.address("5A:00:00:00:00:99")))
    }

    @Test(arguments: [
        ("5A:11:22:33:44:55", true, true), ("5A:11:22:33:44:55", false, false), ("C4:11:22:33:44:55", true, false),
    ])
    func status_whileLive_warnsOfAnAddressThatChanges(text: String, isRandom: Bool, isWarned: Bool) {
        func device(_ device: BlueZSnapshot.Device) -> BlueZSnapshot.Device {
            var device = device
            device.address = Scenery.address(text)
            device.isAddressRandom = isRandom
            return device
        }
        let address = Scenery.address(text)
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .address(address)))
        _ = session.show(candidate: device(Scenery.strap()))
        _ = session.handle(.granted(othersWait: false))
        _ = session.show(device(Scenery.connectedStrap()))
        _ = session.handle(.subscribeAnswered(attempt: 1, nil))
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        #expect(session.status.phase == .live)
        #expect(session.status.reason == (isWarned ? .addressChanges(address) : nil))
    }
}
