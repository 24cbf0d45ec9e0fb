import DBus
import TestKit
import Testing
import Timing

@testable import BlueZ

/// Whatever happens, in whatever order.
@Suite struct PairingMachineFuzzTests {
    @Test(arguments: 0..<300 as Range<UInt64>)
    func machine_whateverHappens_endsInOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let request = PairingRequest(
            selector: [.first, .name("HR Strap"), .address(Scenery.address("C4:00:00:00:00:01"))][Int(seed % 3)],
            pairsAlways: seed.isMultiple(of: 2))
        var machine = PairingMachine(request, adapter: nil, isInteractive: seed.isMultiple(of: 5))
        var actions: [PairingMachine.Action] = []
        for revision in 1...80 where machine.outcome == nil {
            actions += machine.handle(Self.event(revision, &random))
        }
        actions += machine.handle(.stop)
        for event in [
            .left, .adapter(Scenery.hci0, .startAnswered(nil)), .adapter(Scenery.hci0, .stopAnswered), .deadlinePassed,
        ] as [Event] {
            actions += machine.handle(event)
        }
        #expect(machine.outcome != nil)
        expectOrder(actions)
        expectCare(actions)
    }

    private typealias Event = PairingMachine.Event

    /// A bond is never lost, and the device is removed once at most, after its link was made here.
    private func expectCare(_ actions: [PairingMachine.Action]) {
        let removals = actions.indices.filter { if case .removeDevice = actions[$0] { true } else { false } }
        let firstConnect = actions.firstIndex { if case .connect = $0 { true } else { false } }
        #expect(removals.count <= 1)
        if let removal = removals.first { #expect((firstConnect ?? .max) < removal) }
    }

    /// Nothing starts after the end has begun, only started things are ended, and no device is paired twice.
    private func expectOrder(_ actions: [PairingMachine.Action]) {
        let leaves = actions.indices.filter { if case .leave = actions[$0] { true } else { false } }
        #expect(leaves.count == 1)
        let end = leaves.first ?? actions.endIndex
        for action in actions[end...] {
            switch action {
            case .connect, .pair, .subscribe, .trust, .registerAgent, .ask: Issue.record("\(action) after the end")
            default: break
            }
        }
        #expect(actions.count { if case .pair = $0 { true } else { false } } <= 1)
        let hasConnected = actions.contains { if case .connect = $0 { true } else { false } }
        if case .leave(_?) = actions[end] { #expect(hasConnected) }
        let firstAgent = actions.firstIndex { if case .registerAgent = $0 { true } else { false } }
        let firstConnect = actions.firstIndex { if case .connect = $0 { true } else { false } }
        if let firstConnect { #expect((firstAgent ?? .max) < firstConnect) }
    }

    private static func event(_ revision: Int, _ random: inout SplitMix64) -> Event {
        let errors: [BusError?] = [
            nil, nil, nil, Scenery.abortedByLocal, Scenery.bluezError("InProgress"), Scenery.unknownObject,
            Scenery.bluezError("NotPermitted", "Notify acquired"),
        ]
        let error = errors.randomElement(using: &random) ?? nil
        switch Int.random(in: 0..<15, using: &random) {
        case 0...5: return .observed(snapshot(revision, &random))
        case 6: return .adapter(Scenery.hci0, .startAnswered(nil))
        case 7: return .adapter(Scenery.hci0, .stopAnswered)
        case 8: return .agentAnswered(nil)
        case 9: return .connectAnswered(error)
        case 10: return .subscribeAnswered(error)
        case 11: return .pairAnswered(error)
        case 12: return .trustAnswered(nil)
        case 13: return .measured(Bool.random(using: &random) ? Scenery.heartRate : Scenery.noPulse)
        case 14 where Bool.random(using: &random): return .removed
        default:
            return [.deadlinePassed, .chosen(.lookAgain), .adapter(Scenery.hci0, .deadlinePassed)].randomElement(
                using: &random)
                ?? .stop
        }
    }

    private static func snapshot(_ revision: Int, _ random: inout SplitMix64) -> BlueZSnapshot {
        var snapshot = Scenery.snapshot(
            revision, adapters: [Scenery.adapter(isDiscovering: Bool.random(using: &random))])
        for number in 1...2 where Int.random(in: 0..<8, using: &random) > 0 {
            let isConnected = Bool.random(using: &random)
            let device = Scenery.strap(
                number, signalStrength: isConnected ? nil : -60, isConnected: isConnected,
                isPaired: Bool.random(using: &random), isResolved: isConnected, hasMeasurement: isConnected)
            snapshot.devices[device.path] = device
        }
        return snapshot
    }
}
