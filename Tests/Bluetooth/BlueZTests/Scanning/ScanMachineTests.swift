import DBus
import Testing

@testable import BlueZ

@Suite struct ScanMachineTests {
    private let hci0 = Scenery.hci0
    private let hci1 = Scenery.hci1
    private let start = AdapterScheduler.Action.startDiscovery(.everyAdvertisement)
    private let both = [
        Scenery.adapter(), Scenery.adapter(Scenery.hci1, address: "00:AA:01:00:00:43"),
    ]

    /// A machine that scans with both adapters.
    private func scanning() -> ScanMachine {
        var machine = ScanMachine(adapter: nil)
        _ = machine.handle(.observed(Scenery.snapshot(1, adapters: both)))
        for path in [hci0, hci1] { _ = machine.handle(.adapter(path, .startAnswered(nil))) }
        return machine
    }

    @Test func scan_usesEveryAdapterThatIsOn() {
        var machine = ScanMachine(adapter: nil)
        let actions = machine.handle(.observed(Scenery.snapshot(1, adapters: both)))
        #expect(actions.contains(.adapter(hci0, start)) && actions.contains(.adapter(hci1, start)))
        var named = ScanMachine(adapter: both[1].address)
        let only = named.handle(.observed(Scenery.snapshot(1, adapters: both)))
        #expect(!only.contains(.adapter(hci0, start)) && only.contains(.adapter(hci1, start)))
    }

    @Test func scan_givesOneAdapterFree_andStopsTheOther() {
        var machine = scanning()
        let stops = machine.demand(.turn, on: hci1)
        #expect(stops.contains(.adapter(hci0, .stopDiscovery)) && stops.contains(.adapter(hci1, .stopDiscovery)))
        #expect(!machine.handle(.adapter(hci0, .stopAnswered)).contains(.granted))
        #expect(!machine.isOff)
        #expect(machine.handle(.adapter(hci1, .stopAnswered)).contains(.granted))
        #expect(machine.isOff)
    }

    @Test func scan_whenOneAdapterRefuses_goesOnWithTheOther() {
        var machine = ScanMachine(adapter: nil)
        let error = Scenery.bluezError("Failed", "Not Supported")
        _ = machine.handle(.observed(Scenery.snapshot(1, adapters: both)))
        let first = machine.handle(.adapter(hci0, .startAnswered(error)))
        #expect(!first.contains(.blocked(.scanFailed(error))))
        #expect(machine.handle(.adapter(hci1, .startAnswered(error))) == [.blocked(.scanFailed(error))])
    }

    @Test func scan_whenTheAdapterStaysUnready_endsWithTheReason() {
        var machine = ScanMachine(adapter: nil)
        let error = Scenery.bluezError("NotReady")
        _ = machine.handle(.observed(Scenery.snapshot(1)))
        var last: [ScanMachine.Action] = []
        for attempt in 1...ScanMachine.toleratedRefusals {
            #expect(!last.contains(.blocked(.scanFailed(error))), "attempt \(attempt)")
            last = machine.handle(.adapter(hci0, .startAnswered(error)))
            _ = machine.handle(.adapter(hci0, .deadlinePassed))
        }
        #expect(last == [.blocked(.scanFailed(error))])
    }

    @Test func scan_whenAnAdapterGoes_goesOnWithTheOther_andEndsWithTheLast() {
        var machine = scanning()
        #expect(!machine.handle(.observed(Scenery.snapshot(2, adapters: [both[1]]))).contains { $0.isEnd })
        #expect(machine.handle(.observed(Scenery.snapshot(3, adapters: []))) == [.blocked(.adapterMissing(nil))])
    }

    @Test func devices_heardByBothAdapters_areShownOnceByTheBetterOne() {
        var machine = scanning()
        let far = Scenery.strap(signalStrength: -80)
        let near = Scenery.strap(on: hci1, signalStrength: -50)
        _ = machine.handle(.observed(Scenery.snapshot(2, adapters: both, far, near)))
        #expect(machine.nearby.all.map(\.adapter) == [both[1].address])
        #expect(machine.nearby.all.map(\.signalStrength) == [-50])
    }

    @Test func device_heardWithoutASignalStrength_isShownAsHeard() {
        var machine = scanning()
        var strap = Scenery.strap(signalStrength: nil)
        var keyboard = Scenery.strap(2, offersHeartRate: false, signalStrength: nil)
        _ = machine.handle(.observed(Scenery.snapshot(2, adapters: both, strap, keyboard)))
        #expect(machine.nearby.all.map(\.isHeard) == [false], "a strap that is remembered, and no other device")
        strap.isHeard = true
        keyboard.isHeard = true
        _ = machine.handle(.observed(Scenery.snapshot(3, adapters: both, strap, keyboard)))
        #expect(machine.nearby.all.map(\.isHeard) == [true, true])
        strap.isHeard = false
        _ = machine.handle(.observed(Scenery.snapshot(4, adapters: both, strap, keyboard)))
        #expect(machine.nearby.all.map(\.isHeard) == [true, true], "heard in this scan")
    }
}

extension ScanMachine.Action {
    fileprivate var isEnd: Bool { if case .blocked = self { true } else { false } }
}
