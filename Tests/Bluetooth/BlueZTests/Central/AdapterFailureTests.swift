import DBus
import Testing

@testable import BlueZ

/// A search that cannot find the strap has a reason, and several adapters search at once.
@Suite struct AdapterFailureTests {
    private let hci0 = Scenery.hci0
    private let hci1 = Scenery.hci1
    private let start = AdapterScheduler.Action.startDiscovery(.heartRateService)

    private var both: [BlueZSnapshot.Adapter] {
        [Scenery.adapter(), Scenery.adapter(hci1, address: "00:AA:01:00:00:43")]
    }

    private func status(_ machine: CentralMachine, _ strap: Int = 0) -> StrapState { machine.sessions[strap].status }

    // MARK: Refused calls

    @Test(arguments: [
        Scenery.bluezError("NotReady", "Resource Not Ready"), Scenery.bluezError("Failed", "Not Supported"),
        Scenery.bluezError("NotAuthorized"), BusError(name: BusError.Name.noReply, message: "no answer"),
    ])
    func machine_whenTheScanIsRefused_saysSoUntilItSucceeds(error: BusError) {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        #expect(status(machine).reason == nil)
        var reports = 0
        for _ in 0..<5 {
            let refused = machine.handle(.adapter(hci0, .startAnswered(error)))
            #expect(status(machine) == StrapState(phase: .searching, reason: .scanFailed(error)))
            #expect("\(status(machine))".contains("\(error)"))
            reports += refused.count { if case .strap(0, .report) = $0 { true } else { false } }
            #expect(machine.handle(.adapter(hci0, .deadlinePassed)).calls == [.adapter(hci0, start)])
        }
        #expect(reports == 1, "reported once")
        _ = machine.handle(.adapter(hci0, .startAnswered(nil)))
        #expect(status(machine) == StrapState(phase: .searching))
    }

    @Test func machine_whenTheBusDeniesTheScan_namesTheGroup() {
        var machine = CentralMachine(.first)
        let denied = BusError(name: BusError.Name.accessDenied, message: "Rejected")
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        _ = machine.handle(.adapter(hci0, .startAnswered(denied)))
        #expect(status(machine).reason == .busAccessDenied("\(denied)"))
    }

    @Test func machine_whenAScanIsSaidToBeOnAndNeverIs_saysSo() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        let busy = Scenery.bluezError("InProgress", "Operation already in progress")
        _ = machine.handle(.adapter(hci0, .startAnswered(busy)))
        #expect(status(machine).reason == nil)
        _ = machine.handle(.adapter(hci0, .deadlinePassed))
        #expect(status(machine).reason == .scanFailed(busy))
        _ = machine.handle(.adapter(hci0, .stopAnswered))
        _ = machine.handle(.adapter(hci0, .startAnswered(nil)))
        _ = machine.handle(.adapter(hci0, .deadlinePassed))
        #expect(status(machine).reason == .scanDoesNotBegin(Scenery.adapter().address))
        _ = machine.handle(.observed(Scenery.snapshot(2, adapters: [Scenery.adapter(isDiscovering: true)])))
        _ = machine.handle(.adapter(hci0, .stopAnswered))
        _ = machine.handle(.adapter(hci0, .startAnswered(nil)))
        _ = machine.handle(.observed(Scenery.snapshot(3, adapters: [Scenery.adapter(isDiscovering: true)])))
        #expect(status(machine).reason == nil)
    }

    @Test func machine_whenScansEndByThemselves_saysSoTheSecondTime() {
        var machine = CentralMachine(.first)
        for revision in 0..<2 {
            #expect(status(machine).reason == nil)
            _ = machine.handle(.observed(Scenery.snapshot(3 * revision + 1)))
            _ = machine.handle(.adapter(hci0, .deadlinePassed))
            _ = machine.handle(.adapter(hci0, .startAnswered(nil)))
            let on = Scenery.snapshot(3 * revision + 2, adapters: [Scenery.adapter(isDiscovering: true)])
            _ = machine.handle(.observed(on))
            _ = machine.handle(.observed(Scenery.snapshot(3 * revision + 3)))
        }
        #expect(status(machine).reason == .scanEnds(Scenery.adapter().address))
    }

    @Test func machine_whenPowerIsRefused_keepsBluetoothdsWords() {
        var machine = CentralMachine(.first)
        let error = Scenery.bluezError("Failed", "Blocked")
        _ = machine.handle(.observed(Scenery.snapshot(1, adapters: [Scenery.adapter(isPowered: false)])))
        _ = machine.handle(.adapter(hci0, .powerAnswered(error)))
        #expect(status(machine).phase == .blocked)
        #expect(status(machine).reason == .powerRefused(Scenery.adapter().address, error))
        // A switch that holds it off says more.
        var held = Scenery.adapter(isPowered: false)
        held.block = .soft
        _ = machine.handle(.observed(Scenery.snapshot(2, adapters: [held])))
        #expect(status(machine).reason == .adapterOff(held.address, .soft))
        _ = machine.handle(.observed(Scenery.snapshot(3)))
        #expect(status(machine) == StrapState(phase: .searching))
    }

    // MARK: Several adapters

    @Test func machine_withTwoAdapters_searchesOnBothAndTakesTheStrapWhereItIsHeard() {
        var machine = CentralMachine(.first)
        let searching = machine.handle(.observed(Scenery.snapshot(1, adapters: both)))
        #expect(searching.calls == [.adapter(hci0, start), .adapter(hci1, start)])
        for path in [hci0, hci1] { _ = machine.handle(.adapter(path, .startAnswered(nil))) }
        let heard = machine.handle(.observed(Scenery.snapshot(2, adapters: both, Scenery.strap(on: hci1))))
        #expect(Set(heard.calls.map { "\($0)" }).count == 2, "both scans end, because no strap searches")
        let granted = machine.handle(.adapter(hci1, .stopAnswered))
        #expect(granted.calls == [.strap(0, .connect(Scenery.devicePath(on: hci1), attempt: 1))])
    }

    @Test func machine_whenBothAdaptersHearTheStrap_takesTheBetterOneAndStaysThere() {
        var machine = CentralMachine(.first)
        let far = Scenery.strap(signalStrength: -80)
        _ = machine.handle(
            .observed(Scenery.snapshot(1, adapters: both, far, Scenery.strap(on: hci1, signalStrength: -50))))
        #expect(machine.sessions[0].link?.device.adapterPath == hci1)
        let linked = Scenery.connectedStrap(on: hci1)
        _ = machine.handle(
            .observed(Scenery.snapshot(2, adapters: both, Scenery.strap(signalStrength: -30), linked)))
        #expect(machine.sessions[0].link?.device.adapterPath == hci1, "the link stays where it is")
    }

    @Test func machine_whenConnectingFailsOnOneAdapter_triesTheOther() {
        var machine = CentralMachine(.address(Scenery.strap().address))
        let heard = [Scenery.strap(signalStrength: -40), Scenery.strap(on: hci1, signalStrength: -80)]
        _ = machine.handle(.observed(Scenery.snapshot(1, adapters: both, heard[0], heard[1])))
        #expect(machine.sessions[0].link?.device.adapterPath == hci0)
        let failed = machine.handle(.strap(0, .connectAnswered(attempt: 1, Scenery.unknownObject)))
        #expect(failed.calls.contains(.strap(0, .connect(Scenery.devicePath(on: hci1), attempt: 2))))
        _ = machine.handle(.strap(0, .connectAnswered(attempt: 2, Scenery.unknownObject)))
        #expect(machine.sessions[0].link?.device.adapterPath == hci0)
    }

    @Test func machine_whenAnAdapterComes_searchesThereToo_andWhenOneIsSwitchedOffGoesOn() {
        var machine = CentralMachine(.first)
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        let more = machine.handle(.observed(Scenery.snapshot(2, adapters: both)))
        #expect(more.calls == [.adapter(hci1, start)])
        var adapters = both
        adapters[0].isPowered = false
        let less = machine.handle(.observed(Scenery.snapshot(3, adapters: adapters)))
        #expect(less.calls.isEmpty)
        #expect(status(machine) == StrapState(phase: .searching))
        let again = machine.handle(.observed(Scenery.snapshot(4, adapters: both)))
        #expect(again.calls == [.adapter(hci0, start)])
    }

    @Test func machine_whenATrainerSendsNoHeartRate_looksForTheStrapOnEveryAdapter() {
        var machine = CentralMachine(.first)
        let trainer = Scenery.connectedStrap(2)
        _ = machine.handle(.observed(Scenery.snapshot(1, adapters: both, trainer)))
        _ = machine.handle(.strap(0, .subscribeAnswered(attempt: 1, nil)))
        _ = machine.handle(.strap(0, .measured(attempt: 1, Scenery.noPulse)))
        let over = machine.handle(.strap(0, .timerPassed(.trial)))
        #expect(over.calls == [.adapter(hci0, start), .adapter(hci1, start)])
        _ = machine.handle(.observed(Scenery.snapshot(2, adapters: both, trainer, Scenery.strap(on: hci1))))
        #expect(machine.sessions[0].link?.device.address != trainer.address)
    }

    @Test func machine_whenOnlyOneOfTwoScansFails_searchesOnAndWarnsOnce() {
        var machine = CentralMachine(.first)
        let error = Scenery.bluezError("NotReady")
        _ = machine.handle(.observed(Scenery.snapshot(1, adapters: both)))
        _ = machine.handle(.adapter(hci1, .startAnswered(nil)))
        let refused = machine.handle(.adapter(hci0, .startAnswered(error)))
        #expect(refused.contains(.warn(.scanFailed(error))))
        #expect(status(machine) == StrapState(phase: .searching))
        _ = machine.handle(.adapter(hci0, .deadlinePassed))
        #expect(!machine.handle(.adapter(hci0, .startAnswered(error))).contains(.warn(.scanFailed(error))))
        _ = machine.handle(.adapter(hci1, .deadlinePassed))
        _ = machine.handle(.adapter(hci1, .stopAnswered))
        _ = machine.handle(.adapter(hci1, .startAnswered(error)))
        #expect(status(machine).reason == .scanFailed(error), "none is left")
    }

    // MARK: Without a signal strength

    @Test(arguments: [StrapMode.connect, .broadcast])
    func machine_whenADeviceIsHeardWithoutASignalStrength_takesIt(mode: StrapMode) {
        var machine = CentralMachine([StrapConfiguration(name: "a", selector: .name("HR Strap"), mode: mode)])
        var strap = Scenery.strap(signalStrength: nil, broadcast: Scenery.broadcast)
        _ = machine.handle(.observed(Scenery.snapshot(1, strap)))
        #expect(machine.sessions[0].link == nil, "only remembered")
        strap.isHeard = true
        _ = machine.handle(.observed(Scenery.snapshot(2, strap)))
        #expect(machine.sessions[0].link?.device == strap)
    }

    // MARK: A device that cannot be found

    @Test func machine_whenTheDeviceServesAnotherStrap_saysWhich() {
        let device = Scenery.connectedStrap()
        var machine = CentralMachine(.address(device.address), .name("HR Strap"))
        _ = machine.handle(.observed(Scenery.snapshot(1, device)))
        #expect(
            status(machine, 1) == StrapState(phase: .searching, reason: .deviceTaken(device.address, by: "strap 0")))
        _ = machine.handle(.observed(Scenery.snapshot(2, device, Scenery.strap(2))))
        #expect(machine.sessions[1].link?.device.path == Scenery.devicePath(2))
    }

    @Test func machine_whenTheAddressIsAPrivateOne_saysThatItChanges() {
        let address = Scenery.address("5A:11:22:33:44:55")
        var machine = CentralMachine(.address(address))
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        #expect(status(machine).reason == .addressChanges(address))
    }
}
