import DBus
import TestKit
import Testing
import Timing

@testable import BlueZ

/// Four straps that connect and two that are only heard on two adapters, a world that changes at random, and calls that
/// are answered late and badly.
@Suite struct CentralMachineFuzzTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func machine_whateverHappens_sharesAdaptersAndDevicesFairly(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var machine = CentralMachine(Self.straps)
        var unanswered: [CentralMachine.Action] = []
        for revision in 1...200 {
            let event: CentralMachine.Event
            if let call = unanswered.indices.randomElement(using: &random), Bool.random(using: &random) {
                guard let answer = answer(to: unanswered.remove(at: call), &random) else { continue }
                event = answer
            } else {
                event = anything(revision, in: machine, &random)
            }
            let actions = machine.handle(event)
            unanswered += actions.calls
            checkTurns(machine, after: actions, seed)
            checkDevices(machine, seed)
        }
        _ = machine.handle(.stop)
        for strap in machine.sessions.indices { _ = machine.handle(.strap(strap, .deadlinePassed)) }
        #expect(machine.isStopped)
    }

    private static let straps = [
        StrapConfiguration(name: "0", selector: .first), StrapConfiguration(name: "1", selector: .first),
        StrapConfiguration(name: "2", selector: .name("HR Strap")),
        StrapConfiguration(name: "3", selector: .address(Scenery.strap(4).address)),
        StrapConfiguration(name: "4", selector: .first, mode: .broadcast),
        StrapConfiguration(name: "5", selector: .name("HR Strap"), mode: .broadcast),
    ]

    /// One strap connects at a time, and no adapter scans then.
    private func checkTurns(_ machine: CentralMachine, after actions: [CentralMachine.Action], _ seed: UInt64) {
        for (path, scheduler) in machine.schedulers {
            let quiet = machine.sessions.filter { $0.demand == .quiet && $0.link?.device.adapterPath == path }
            #expect(quiet.count <= 1, "seed \(seed)")
            let isScanning =
                switch scheduler.scan {
                case .starting, .on: true
                case .off, .stopping, .pausing: false
                }
            if !quiet.isEmpty { #expect(!isScanning, "seed \(seed): \(scheduler.scan)") }
        }
    }

    private func checkDevices(_ machine: CentralMachine, _ seed: UInt64) {
        let taken = machine.sessions.compactMap { $0.link?.device.address }
        #expect(Set(taken).count == taken.count, "seed \(seed)")
        let reserved = Scenery.strap(4).address
        let anybodys = machine.sessions.filter { $0.configuration.selector == .first }
        #expect(anybodys.allSatisfy { $0.link?.device.address != reserved }, "seed \(seed)")
    }

    private func answer(to call: CentralMachine.Action, _ random: inout SplitMix64) -> CentralMachine.Event? {
        let errors = [
            nil, nil, Scenery.abortedByLocal, Scenery.unknownObject, Scenery.bluezError("InProgress"),
            Scenery.bluezError("NotPermitted", "Notify acquired"),
            Scenery.bluezError("Failed", "Operation failed with ATT error: 0x01"),
        ]
        let error = errors.randomElement(using: &random) ?? nil
        switch call {
        case .strap(let strap, .connect(_, let attempt)):
            return .strap(strap, .connectAnswered(attempt: attempt, error))
        case .strap(let strap, .subscribe(_, let attempt)):
            return .strap(strap, .subscribeAnswered(attempt: attempt, error))
        case .strap(let strap, .disconnect(_, let attempt)): return .strap(strap, .disconnectAnswered(attempt: attempt))
        case .adapter(let path, .startDiscovery): return .adapter(path, .startAnswered(error))
        case .adapter(let path, .stopDiscovery): return .adapter(path, .stopAnswered)
        case .adapter(let path, .powerOn): return .adapter(path, .powerAnswered(error))
        default: return nil
        }
    }

    private func anything(
        _ revision: Int, in machine: CentralMachine, _ random: inout SplitMix64
    ) -> CentralMachine.Event {
        let strap = Int.random(in: Self.straps.indices, using: &random)
        switch Int.random(in: 0..<11, using: &random) {
        case 10: return .strap(strap, .timerPassed(SessionTimer.allCases.randomElement(using: &random) ?? .trial))
        case 0: return .strap(strap, .deadlinePassed)
        case 1:
            let attempt = machine.sessions[strap].link?.attempt ?? 0
            guard Self.straps[strap].mode == .broadcast else {
                let measurement = Bool.random(using: &random) ? Scenery.heartRate : Scenery.noPulse
                return .strap(strap, .measured(attempt: attempt, measurement))
            }
            return .strap(strap, .broadcastReceived(attempt: attempt, Scenery.broadcast, at: ManualTime().now()))
        case 2: return .adapter(Bool.random(using: &random) ? Scenery.hci0 : Scenery.hci1, .deadlinePassed)
        case 3 where Bool.random(using: &random):
            return .observed(BlueZSnapshot(revision: revision, unavailable: .bluetoothdMissing))
        default: return .observed(snapshot(revision, &random))
        }
    }

    private func snapshot(_ revision: Int, _ random: inout SplitMix64) -> BlueZSnapshot {
        var snapshot = BlueZSnapshot(revision: revision)
        for (path, address) in [(Scenery.hci0, "00:AA:01:00:00:42"), (Scenery.hci1, "00:AA:01:00:00:43")]
        where Int.random(in: 0..<10, using: &random) > 0 {
            snapshot.adapters[path] = Scenery.adapter(
                path, address: address, isPowered: Int.random(in: 0..<10, using: &random) > 0,
                isDiscovering: Bool.random(using: &random))
            for number in 1...4 where Int.random(in: 0..<4, using: &random) > 0 {
                let device = Scenery.strap(
                    number, on: path, signalStrength: Bool.random(using: &random) ? -60 : nil,
                    isConnected: Int.random(in: 0..<3, using: &random) == 0,
                    isResolved: Bool.random(using: &random), hasMeasurement: Bool.random(using: &random),
                    broadcast: Bool.random(using: &random) ? Scenery.broadcast : nil)
                snapshot.devices[device.path] = device
            }
        }
        return snapshot
    }
}
