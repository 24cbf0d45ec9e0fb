import DBus
import HeartRate
import Testing
import Timing

@testable import BlueZ

/// Straps that are only heard, beside straps that connect.
@Suite struct BroadcastMachineTests {
    private let hci0 = Scenery.hci0
    private let hci1 = Scenery.hci1
    private let start = Moment(wallMilliseconds: 0, bootMilliseconds: 0)

    private func machine(_ straps: (StrapSelector, StrapMode)...) -> CentralMachine {
        CentralMachine(
            straps.enumerated().map {
                StrapConfiguration(name: "strap \($0)", selector: $1.0, mode: $1.1)
            })
    }

    private func broadcaster(
        _ number: Int, signalStrength: Int16? = -60, isConnected: Bool = false
    ) -> BlueZSnapshot.Device {
        Scenery.strap(
            number, offersHeartRate: false, signalStrength: signalStrength, isConnected: isConnected,
            broadcast: Scenery.broadcast)
    }

    @Test func machine_withABroadcastStrap_scansForEveryAdvertisementAndGoesOn() {
        var machine = machine((.first, .broadcast))
        let first = machine.handle(.observed(Scenery.snapshot(1)))
        #expect(first.calls == [.adapter(hci0, .startDiscovery(.everyAdvertisement))])
        _ = machine.handle(.adapter(hci0, .startAnswered(nil)))
        let heard = machine.handle(.observed(Scenery.snapshot(2, broadcaster(1))))
        #expect(heard.calls == [.strap(0, .receiveBroadcasts(Scenery.devicePath(1), attempt: 1))])
        let measured = machine.handle(.strap(0, .broadcastReceived(attempt: 1, Scenery.broadcast, at: start)))
        #expect(machine.sessions[0].status.phase == .live)
        #expect(measured.contains { if case .strap(0, .record) = $0 { true } else { false } })
        _ = machine.handle(.observed(Scenery.snapshot(3, broadcaster(1))))
        let renewal = machine.handle(.adapter(hci0, .deadlinePassed))
        #expect(renewal == [.adapter(hci0, .setDeadline(.exactly(AdapterScheduler.scanRenewal)))], "the scan stays on")
    }

    @Test func machine_withManyBroadcastStraps_hearsEachAndNoneTwice() {
        var machine = machine(
            (.first, .broadcast), (.address(broadcaster(2).address), .broadcast), (.first, .broadcast))
        let all = Scenery.snapshot(1, broadcaster(1), broadcaster(2, signalStrength: -40), broadcaster(3))
        _ = machine.handle(.observed(all))
        let paths = machine.sessions.map { $0.link?.device.path }
        #expect(paths == [1, 2, 3].map { Scenery.devicePath($0) })
    }

    @Test func machine_whenAConnectingStrapIsHeard_pausesTheScanAndGoesOnListening() {
        var machine = machine((.first, .broadcast), (.name("Arm"), .connect))
        _ = machine.handle(.observed(Scenery.snapshot(1, broadcaster(1))))
        _ = machine.handle(.adapter(hci0, .startAnswered(nil)))
        let arm = Scenery.strap(2, name: "Arm")
        let heard = machine.handle(.observed(Scenery.snapshot(2, broadcaster(1), arm)))
        #expect(heard.calls == [.adapter(hci0, .stopDiscovery)])
        let turn = machine.handle(.adapter(hci0, .stopAnswered))
        #expect(turn.calls == [.strap(1, .connect(Scenery.devicePath(2), attempt: 1))])
        #expect(turn.contains(.strap(1, .setDeadline(.exactly(StrapLimits.connectWhileOthersWait)))))
        _ = machine.handle(.strap(0, .broadcastReceived(attempt: 1, Scenery.broadcast, at: start)))
        #expect(machine.sessions[0].status.phase == .live, "a packet on its way counts")
        let connected = machine.handle(.strap(1, .connectAnswered(attempt: 1, nil)))
        #expect(connected.calls == [.adapter(hci0, .startDiscovery(.everyAdvertisement))])
    }

    @Test func machine_whenAnotherStrapSearchesInVain_renewsTheScanForItAlone() {
        var machine = machine((.first, .broadcast), (.name("Arm"), .connect))
        _ = machine.handle(.observed(Scenery.snapshot(1, broadcaster(1))))
        _ = machine.handle(.adapter(hci0, .startAnswered(nil)))
        _ = machine.handle(.strap(0, .broadcastReceived(attempt: 1, Scenery.broadcast, at: start)))
        #expect(machine.handle(.adapter(hci0, .deadlinePassed)).calls == [.adapter(hci0, .stopDiscovery)])
        _ = machine.handle(.observed(Scenery.snapshot(2, broadcaster(1, signalStrength: nil))))
        #expect(machine.sessions[0].status.phase == .live, "no signal strength for a moment is no loss")
        let again = machine.handle(.adapter(hci0, .stopAnswered))
        #expect(again.calls == [.adapter(hci0, .startDiscovery(.everyAdvertisement))])
    }

    @Test func machine_whenDeviceBroadcastsNothing_waitsForItsBroadcast() {
        let silent = Scenery.strap(1)
        var machine = machine((.address(silent.address), .broadcast))
        _ = machine.handle(.observed(Scenery.snapshot(1, silent)))
        #expect(machine.sessions[0].state == .searching)
    }

    @Test func machine_whenABroadcastIsOnlyRemembered_doesNotTakeIt() {
        var machine = machine((.first, .broadcast))
        let remembered = broadcaster(1, signalStrength: nil, isConnected: true)
        _ = machine.handle(.observed(Scenery.snapshot(1, remembered)))
        #expect(machine.sessions[0].state == .searching)
    }

    @Test func machine_whenAdapterIsConfigured_hearsWithNoOther() {
        let second = Scenery.adapter(hci1, address: "00:AA:01:00:00:43")
        var machine = CentralMachine([
            StrapConfiguration(name: "chest", selector: .first, adapter: second.address, mode: .broadcast)
        ])
        let both = [Scenery.adapter(), second]
        let actions = machine.handle(.observed(Scenery.snapshot(1, adapters: both, broadcaster(1))))
        #expect(actions.calls == [.adapter(hci1, .startDiscovery(.everyAdvertisement))])
        #expect(machine.sessions[0].state == .searching)
    }

    @Test func machine_whenAdapterIsSwitchedOff_isBlockedAndListensNoMore() {
        var machine = machine((.first, .broadcast))
        _ = machine.handle(.observed(Scenery.snapshot(1, broadcaster(1))))
        let off = Scenery.snapshot(2, adapters: [Scenery.adapter(isPowered: false)], broadcaster(1))
        #expect(machine.handle(.observed(off)).calls == [.strap(0, .unsubscribe(attempt: 1))])
        #expect(machine.sessions[0].status.phase == .blocked)
    }
}
