import BlueZSimulator
import DBus
import TestKit
import Testing

@testable import BlueZ

/// Straps that come and go in the configuration while others are live.
@Suite(.timeLimit(.minutes(10))) struct CentralChangeTests {
    private static let chest = StrapConfiguration(name: "strap 0", selector: .address(address(CentralFixture.chest)))
    private static let arm = StrapConfiguration(name: "strap 1", selector: .address(address(CentralFixture.arm)))

    private static func address(_ text: String) -> BluetoothAddress {
        BluetoothAddress(text) ?? { preconditionFailure("\(text) is no address") }()
    }

    @Test func machine_whenAStrapIsRemoved_stopsItAlone() {
        var machine = CentralMachine(.first, .name("HR Strap 2"))
        let both = Scenery.snapshot(1, Scenery.strap(1), Scenery.strap(2, signalStrength: -70))
        _ = machine.handle(.observed(both))
        let kept = machine.sessions[0].configuration
        let actions = machine.handle(.configured([kept]))
        #expect(!actions.contains { if case .strap(0, .disconnect) = $0 { true } else { false } })
        #expect(machine.sessions[1].state == .stopped)
        #expect(machine.removed == [1])
        #expect(!machine.isStopped)
        _ = machine.handle(.stop)
        _ = machine.handle(.strap(0, .disconnectAnswered(attempt: 1)))
        #expect(machine.isStopped)
    }

    @Test func machine_whenTheSameStrapsAreConfigured_doesNothing() {
        var machine = CentralMachine(.first, .first)
        _ = machine.handle(.observed(Scenery.snapshot(1, Scenery.strap(1))))
        let configurations = machine.sessions.map(\.configuration)
        #expect(machine.handle(.configured(configurations.reversed())).isEmpty)
        #expect(machine.sessions.count == 2)
        #expect(machine.removed.isEmpty)
    }

    @Test func machine_whenAStrapIsRemoved_leavesItsDeviceToAnother() {
        var machine = CentralMachine(.address(Scenery.strap(1).address))
        let heard = Scenery.snapshot(1, Scenery.strap(1))
        #expect(machine.handle(.observed(heard)).calls == [.strap(0, .connect(Scenery.devicePath(1), attempt: 1))])
        let other = StrapConfiguration(name: "other", selector: .first)
        let changed = machine.handle(.configured([other]))
        #expect(changed.calls.first == .strap(0, .disconnect(Scenery.devicePath(1), attempt: 1)))
        _ = machine.handle(.adapter(Scenery.hci0, .startAnswered(nil)))
        let answered = machine.handle(.strap(0, .disconnectAnswered(attempt: 1)))
        #expect(answered.calls == [.adapter(Scenery.hci0, .stopDiscovery)])
        let stopped = machine.handle(.adapter(Scenery.hci0, .stopAnswered))
        #expect(stopped.calls == [.strap(1, .connect(Scenery.devicePath(1), attempt: 1))])
    }

    @Test func central_whenAStrapIsAdded_takesItAndKeepsTheOthersLink() async throws {
        let fixture = try await CentralFixture(
            straps: SimulatedStrap(address: CentralFixture.chest), SimulatedStrap(address: CentralFixture.arm))
        let central = fixture.central([Self.chest])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await central.run() }
            try await fixture.beatUntilLive()
            central.change(to: [Self.chest, Self.arm])
            try await fixture.beatUntilLive(CentralFixture.arm, as: "strap 1")
            await fixture.simulator.notify(CentralFixture.chest)
            await fixture.events.until { $0.measurements().count == 2 }
            let status = await fixture.simulator.status.straps[CentralFixture.chest]
            #expect(status?.connections == 1 && status?.disconnections == 0)
            group.cancelAll()
        }
    }

    @Test func central_whenAStrapIsRemovedAndComesAgain_endsItsLinkAndTakesItAnew() async throws {
        let fixture = try await CentralFixture(
            straps: SimulatedStrap(address: CentralFixture.chest), SimulatedStrap(address: CentralFixture.arm))
        let central = fixture.central([Self.chest, Self.arm])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await central.run() }
            try await fixture.beatUntilLive()
            try await fixture.beatUntilLive(CentralFixture.arm, as: "strap 1")
            central.change(to: [Self.chest])
            try await fixture.simulator.untilConnected(CentralFixture.arm, false)
            central.change(to: [Self.chest, Self.arm])
            try await fixture.beatUntilLive(CentralFixture.arm, as: "strap 1", times: 2)
            // Each packet arrives once: a copy of the arm's would come before the packet of the chest.
            let before = fixture.events.all.measurements(of: "strap 1").count
            await fixture.simulator.notify(CentralFixture.arm)
            await fixture.simulator.notify(CentralFixture.chest)
            await fixture.events.until { $0.measurements().count == 2 && $0.measurements(of: "strap 1").count > before }
            #expect(fixture.events.all.measurements(of: "strap 1").count == before + 1)
            let status = await fixture.simulator.status.straps[CentralFixture.chest]
            #expect(status?.connections == 1 && status?.disconnections == 0)
            group.cancelAll()
        }
    }

    @Test func central_whenAsked_answers() async throws {
        let fixture = try await CentralFixture()
        let central = fixture.central([Self.chest])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await central.run() }
            await central.ping()
            group.cancelAll()
        }
    }
}
