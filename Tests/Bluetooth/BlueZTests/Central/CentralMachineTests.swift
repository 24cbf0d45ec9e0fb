import DBus
import Testing

@testable import BlueZ

@Suite struct CentralMachineTests {
    private let hci0 = Scenery.hci0
    private let hci1 = Scenery.hci1

    // MARK: Turns

    @Test func machine_whenStrapIsHeard_stopsTheScanConnectsAndScansForTheRest() {
        var machine = CentralMachine(.first, .first)
        #expect(
            machine.handle(.observed(Scenery.snapshot(1))).calls == [.adapter(hci0, .startDiscovery(.heartRateService))]
        )
        _ = machine.handle(.adapter(hci0, .startAnswered(nil)))

        let heard = machine.handle(.observed(Scenery.snapshot(2, Scenery.strap(1))))
        #expect(heard.calls == [.adapter(hci0, .stopDiscovery)], "no Connect while the adapter scans")
        let stopped = machine.handle(.adapter(hci0, .stopAnswered))
        #expect(stopped.calls == [.strap(0, .connect(Scenery.devicePath(1), attempt: 1))])
        #expect(stopped.contains(.strap(0, .setDeadline(.exactly(StrapLimits.connectWhileOthersWait)))))

        let connected = machine.handle(.strap(0, .connectAnswered(attempt: 1, nil)))
        #expect(connected.calls == [.adapter(hci0, .startDiscovery(.heartRateService))])
    }

    @Test func machine_whenTwoStrapsAreHeardTogether_connectsOneAfterTheOther() {
        var machine = CentralMachine(.first, .first)
        let both = Scenery.snapshot(1, Scenery.strap(1), Scenery.strap(2, signalStrength: -70))
        #expect(machine.handle(.observed(both)).calls == [.strap(0, .connect(Scenery.devicePath(1), attempt: 1))])
        let second = machine.handle(.strap(0, .connectAnswered(attempt: 1, nil)))
        #expect(second.calls == [.strap(1, .connect(Scenery.devicePath(2), attempt: 1))])
        #expect(second.contains(.strap(1, .setDeadline(.exactly(StrapLimits.connect)))), "no strap waits")
    }

    @Test func machine_whenConnectFails_keepsTheAdapterQuietUntilTheDeviceIsGone() {
        var machine = CentralMachine(.first, .first)
        let both = Scenery.snapshot(1, Scenery.strap(1), Scenery.strap(2, signalStrength: -70))
        _ = machine.handle(.observed(both))
        let failed = machine.handle(.strap(0, .connectAnswered(attempt: 1, Scenery.abortedByLocal)))
        #expect(failed.calls == [.strap(0, .disconnect(Scenery.devicePath(1), attempt: 1))])
        let gone = machine.handle(.strap(0, .disconnectAnswered(attempt: 1)))
        #expect(gone.calls == [.strap(1, .connect(Scenery.devicePath(2), attempt: 1))])
    }

    @Test func machine_whenNobodySearches_stopsTheScan() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        _ = machine.handle(.adapter(hci0, .startAnswered(nil)))
        #expect(machine.handle(.stop).calls == [.adapter(hci0, .stopDiscovery)])
        #expect(machine.isStopped)
    }

    @Test func machine_whenAStrapIsKnownByName_scansForEverything() {
        var machine = CentralMachine(.first, .name("HR Strap"))
        #expect(machine.handle(.observed(Scenery.snapshot(1))).calls == [.adapter(hci0, .startDiscovery(.everything))])
    }

    // MARK: Assigning devices to straps

    @Test func machine_whenTwoStrapsTakeTheFirst_doNotTakeTheSame() {
        var machine = CentralMachine(.first, .first)
        let actions = machine.handle(.observed(Scenery.snapshot(1, Scenery.connectedStrap(1))))
        #expect(actions.calls.contains(.strap(0, .subscribe(Scenery.characteristicPath(1), attempt: 1))))
        #expect(machine.sessions[1].state == .searching)
    }

    @Test func machine_whenAStrapIsConfiguredByAddress_firstLeavesItAlone() {
        let wanted = Scenery.strap(1)
        var machine = CentralMachine(.first, .address(wanted.address))
        _ = machine.handle(.observed(Scenery.snapshot(1, wanted)))
        #expect(machine.sessions[0].state == .searching)
        #expect(machine.sessions[1].link?.device == wanted)
    }

    @Test func machine_whenFirstHasMeasured_keepsToThatDevice() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1, Scenery.connectedStrap(1))))
        _ = machine.handle(.strap(0, .subscribeAnswered(attempt: 1, nil)))
        _ = machine.handle(.strap(0, .measured(attempt: 1, Scenery.heartRate)))
        _ = machine.handle(.observed(Scenery.snapshot(2, Scenery.strap(2))))
        #expect(machine.sessions[0].state == .searching, "somebody else's strap")
        _ = machine.handle(.observed(Scenery.snapshot(3, Scenery.strap(1), Scenery.strap(2))))
        #expect(machine.sessions[0].link?.device.path == Scenery.devicePath(1))
    }

    @Test func machine_whenFirstHasFailed_triesAnotherOneFirst() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1, Scenery.strap(1, signalStrength: -40), Scenery.strap(2))))
        _ = machine.handle(.strap(0, .connectAnswered(attempt: 1, Scenery.unknownObject)))
        #expect(machine.sessions[0].link?.device.path == Scenery.devicePath(2))
    }

    @Test func machine_whenTwoDevicesHaveTheName_takesTheStrongerSignal() {
        var machine = CentralMachine(.name("HR Strap"))
        _ = machine.handle(.observed(Scenery.snapshot(1, Scenery.strap(1, signalStrength: -80), Scenery.strap(2))))
        #expect(machine.sessions[0].link?.device.path == Scenery.devicePath(2))
    }

    @Test func machine_whenDeviceOffersNoHeartRate_takesItByNameButNotAsTheFirst() {
        let watch = Scenery.strap(1, name: "Watch", offersHeartRate: false)
        var first = CentralMachine(.first)
        _ = first.handle(.observed(Scenery.snapshot(1, watch)))
        #expect(first.sessions[0].state == .searching)
        var named = CentralMachine(.name("Watch"))
        _ = named.handle(.observed(Scenery.snapshot(1, watch)))
        #expect(named.sessions[0].link != nil)
    }

    @Test func machine_whenDeviceIsOnlyRemembered_doesNotConnectIt() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1, Scenery.strap(1, signalStrength: nil))))
        #expect(machine.sessions[0].state == .searching)
    }

    // MARK: Adapters

    @Test func machine_whenAdapterIsOffAtStart_switchesItOnOnce() {
        var machine = CentralMachine(.first)
        let off = Scenery.snapshot(1, adapters: [Scenery.adapter(isPowered: false)])
        #expect(machine.handle(.observed(off)).calls == [.adapter(hci0, .powerOn)])
        #expect(machine.sessions[0].status.phase == .blocked)
        #expect(
            machine.handle(.adapter(hci0, .powerAnswered(Scenery.bluezError("Busy")))).contains(
                .adapter(hci0, .setDeadline(.backoff(AdapterScheduler.retry, failures: 1)))))
        #expect(machine.handle(.adapter(hci0, .deadlinePassed)).calls == [.adapter(hci0, .powerOn)])
        #expect(
            machine.handle(.observed(Scenery.snapshot(2))).calls == [.adapter(hci0, .startDiscovery(.heartRateService))]
        )
    }

    @Test func machine_whenAdapterIsSwitchedOffByOthers_leavesItOff() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        let off = machine.handle(.observed(Scenery.snapshot(2, adapters: [Scenery.adapter(isPowered: false)])))
        #expect(off.calls.isEmpty)
        #expect(machine.sessions[0].status.reason == .adapterOff(Scenery.adapter().address, nil))
        #expect(
            machine.handle(.observed(Scenery.snapshot(3))).calls == [.adapter(hci0, .startDiscovery(.heartRateService))]
        )
    }

    @Test func machine_whenAdapterIsOffButItsDeviceStillShownConnected_isBlocked() {
        var machine = CentralMachine(.first)
        let adapters = [Scenery.adapter(), Scenery.adapter(hci1, address: "00:AA:01:00:00:43", isPowered: false)]
        _ = machine.handle(.observed(Scenery.snapshot(1, adapters: adapters, Scenery.connectedStrap(on: hci1))))
        #expect(machine.sessions[0].state == .searching)
    }

    @Test func machine_whenAdapterGoes_usesAnother() {
        var machine = CentralMachine(.first)
        let second = Scenery.adapter(hci1, address: "00:AA:01:00:00:43")
        _ = machine.handle(
            .observed(Scenery.snapshot(1, adapters: [Scenery.adapter(), second], Scenery.connectedStrap())))
        let moved = machine.handle(.observed(Scenery.snapshot(2, adapters: [second])))
        #expect(moved.calls.contains(.adapter(hci1, .startDiscovery(.heartRateService))))
        #expect(machine.sessions[0].state == .searching)
    }

    @Test func machine_whenAdapterIsConfigured_usesNoOther() {
        let wanted = Scenery.address("00:AA:01:00:00:43")
        var machine = CentralMachine(.first, adapters: [wanted])
        _ = machine.handle(.observed(Scenery.snapshot(1, Scenery.connectedStrap())))
        #expect(machine.sessions[0].status.reason == .adapterMissing(wanted))
        let both = [Scenery.adapter(), Scenery.adapter(hci1, address: wanted.description)]
        let actions = machine.handle(.observed(Scenery.snapshot(2, adapters: both)))
        #expect(actions.calls == [.adapter(hci1, .startDiscovery(.heartRateService))])
    }

    @Test func machine_whenStrapIsConnectedOnAnotherAdapter_takesItOverThere() {
        var machine = CentralMachine(.first)
        let both = [Scenery.adapter(), Scenery.adapter(hci1, address: "00:AA:01:00:00:43")]
        _ = machine.handle(.observed(Scenery.snapshot(1, adapters: both, Scenery.connectedStrap(on: hci1))))
        #expect(machine.sessions[0].link?.device.adapterPath == hci1)
    }

    @Test(arguments: [nil, Scenery.bluezError("InProgress")])
    func machine_whenScanFindsNothing_startsItAnew(answer: BusError?) {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        let started = machine.handle(.adapter(hci0, .startAnswered(answer)))
        #expect(started == [.adapter(hci0, .setDeadline(.exactly(AdapterScheduler.scanRenewal)))])
        #expect(machine.handle(.adapter(hci0, .deadlinePassed)).calls == [.adapter(hci0, .stopDiscovery)])
        let again = machine.handle(.adapter(hci0, .stopAnswered))
        #expect(again.calls == [.adapter(hci0, .startDiscovery(.heartRateService))])
    }

    @Test func machine_whenScanIsRefusedOrEndsByItself_startsItAgainAfterAPause() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        let refused = machine.handle(.adapter(hci0, .startAnswered(Scenery.bluezError("NotReady"))))
        #expect(refused.contains(.adapter(hci0, .setDeadline(.backoff(AdapterScheduler.retry, failures: 1)))))
        #expect(
            machine.handle(.adapter(hci0, .deadlinePassed)).calls == [
                .adapter(hci0, .startDiscovery(.heartRateService))
            ])
        _ = machine.handle(.adapter(hci0, .startAnswered(nil)))
        _ = machine.handle(.observed(Scenery.snapshot(2, adapters: [Scenery.adapter(isDiscovering: true)])))
        let ended = machine.handle(.observed(Scenery.snapshot(3)))
        #expect(ended == [.adapter(hci0, .setDeadline(.backoff(AdapterScheduler.retry, failures: 1)))])
    }

    // MARK: bluetoothd

    @Test func machine_whenBluetoothdRestarts_buildsEverythingAnew() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1, Scenery.connectedStrap())))
        let gone = machine.handle(.observed(BlueZSnapshot(revision: 2, unavailable: .bluetoothdMissing)))
        #expect(gone.calls == [.strap(0, .unsubscribe(attempt: 1))])
        #expect(machine.schedulers.isEmpty)
        let back = machine.handle(.observed(Scenery.snapshot(3)))
        #expect(back.calls == [.adapter(hci0, .startDiscovery(.heartRateService))])
    }

    @Test func machine_whenSnapshotsComeInTheWrongOrder_keepsTheNewest() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(2, Scenery.connectedStrap())))
        #expect(machine.handle(.observed(Scenery.snapshot(1))).isEmpty)
        #expect(machine.sessions[0].link != nil)
    }
}
