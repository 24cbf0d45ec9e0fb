import Outbox
import TestKit
import Testing
import Timing

@testable import Delivery

/// Random readings, answers, orders, waits and crashes: the invariants.
@Suite struct DeliveryMachinePropertyTests {
    /// A service that remembers the readings that reached it.
    private struct Service {
        var stored: [Int64: Int] = [:]
        var sent: Set<Int64> = []
        /// May be stored again: its answer was lost, or the process died before the cursor passed it.
        var mayRepeat: Set<Int64> = []
        var bad: Set<Int64> = []
    }

    private static let limits: [DestinationLimits] = [
        .single,
        .batch,
        DestinationLimits(readingsPerRequest: 1, requestsInFlight: 8, requestsPerSecond: nil),
        DestinationLimits(readingsPerRequest: 7, requestsInFlight: 3, requestsPerSecond: nil, linger: .seconds(5)),
        DestinationLimits(
            readingsPerRequest: 500, requestsInFlight: 1, requestsPerSecond: nil, linger: .seconds(30),
            keepTogetherMilliseconds: 1000),
    ]

    @Test(arguments: limits.indices, 0..<12)
    func anything_losesNothing(limitsIndex: Int, seed: UInt64) {
        let limits = Self.limits[limitsIndex]
        var random = SplitMix64(seed: seed)
        var rig = MachineRig(limits, seed: seed)
        var service = Service()
        rig.start()
        for _ in 0..<300 {
            let before = rig.inFlight.map(\.request)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<40: appendSome(to: &rig, &service, using: &random)
            case 40..<75 where !rig.inFlight.isEmpty: answerOne(of: &rig, &service, using: &random)
            case 75..<98: rig.advance(by: .milliseconds(Int.random(in: 0...20_000, using: &random)))
            default: crash(&rig, &service, using: &random)
            }
            check(rig, service, sentBefore: before)
            noteSent(rig, &service)
        }
        finish(&rig, &service)
        // A bad reading takes along the readings that are kept together with it.
        for entry in rig.log where rig.setAside[entry.id] == nil {
            #expect(service.stored[entry.id, default: 0] >= 1, "lost \(entry.id)")
            if !service.mayRepeat.contains(entry.id) { #expect(service.stored[entry.id] == 1, "twice \(entry.id)") }
        }
        #expect(service.bad.isSubset(of: rig.setAside.keys))
        if limits.keepTogetherMilliseconds == 0 { #expect(Set(rig.setAside.keys) == service.bad) }
        #expect(rig.cursor == rig.log.last?.id ?? 0)
    }

    private static let policies = [
        BacklogPolicy(order: .newestFirst), BacklogPolicy(maximumAge: .seconds(20)),
        BacklogPolicy(order: .newestFirst, maximumAge: .seconds(20)),
    ]

    /// Whatever the policy: each reading is delivered, set aside, left in a gap, or too old when it is passed over; and
    /// a service that is back is first sent the newest.
    @Test(arguments: limits.indices, policies.indices)
    func anything_whateverThePolicy_losesNothing(limitsIndex: Int, policyIndex: Int) {
        for seed in 0..<12 as Range<UInt64> { play(Self.limits[limitsIndex], Self.policies[policyIndex], seed) }
    }

    private func play(_ limits: DestinationLimits, _ policy: BacklogPolicy, _ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var rig = MachineRig(limits, backlog: policy, seed: seed)
        var service = Service()
        rig.start()
        for _ in 0..<300 {
            let before = rig.inFlight.map(\.request)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<40: appendSome(to: &rig, &service, using: &random)
            case 40..<75 where !rig.inFlight.isEmpty: answerOne(of: &rig, &service, using: &random)
            case 75..<98: rig.advance(by: .milliseconds(Int.random(in: 0...20_000, using: &random)))
            default: crash(&rig, &service, using: &random)
            }
            checkPolicy(rig, sentBefore: before)
        }
        finish(&rig, &service)
        let left = Set(rig.takeGaps().map(\.id))
        let unsent = rig.log.map(\.id).filter { service.stored[$0] == nil && rig.setAside[$0] == nil }
        if policy.maximumAge == nil {
            #expect(Set(unsent).isSubset(of: left), "lost with seed \(seed)")
        } else {
            #expect(unsent.count { !left.contains($0) } <= rig.expired, "lost with seed \(seed)")
        }
        for id in left where !service.mayRepeat.contains(id) {
            #expect(service.stored[id] == nil, "\(id) was delivered and is left behind, with seed \(seed)")
        }
        #expect(rig.cursor == rig.log.last?.id ?? 0)
    }

    private func checkPolicy(_ rig: MachineRig, sentBefore: [Int]) {
        let limits = rig.machine.limits
        #expect(rig.inFlight.count <= limits.requestsInFlight)
        #expect(rig.machine.window.slots.count <= rig.machine.window.capacity)
        for request in rig.inFlight where !sentBefore.contains(request.request) {
            if rig.machine.mode == .probing, rig.machine.backlog.order == .newestFirst,
                limits.keepTogetherMilliseconds == 0, limits.readingsPerRequest == 1
            {
                #expect(request.entries.last?.id == rig.newestWhenSent, "a probe is the newest")
            }
            guard let maximumAge = rig.machine.backlog.maximumAge else { continue }
            let limit = rig.milliseconds - Int64(maximumAge / .milliseconds(1)) - 20_000
            #expect(request.entries.allSatisfy { $0.reading.bootMilliseconds >= limit }, "too old")
        }
    }

    private func appendSome(to rig: inout MachineRig, _ service: inout Service, using random: inout SplitMix64) {
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            rig.append(UInt16.random(in: 30...220, using: &random))
            if Int.random(in: 0..<40, using: &random) == 0, let last = rig.log.last { service.bad.insert(last.id) }
        }
    }

    private func answerOne(of rig: inout MachineRig, _ service: inout Service, using random: inout SplitMix64) {
        let place = Int.random(in: rig.inFlight.indices, using: &random)
        let ids = rig.inFlight[place].entries.map(\.id)
        let chance = Int.random(in: 0..<10, using: &random)
        if chance == 0 {
            rig.answer(.pause(reason: "401"), at: place)
        } else if chance < 3 {
            if Bool.random(using: &random), service.bad.isDisjoint(with: ids) {
                store(ids, &service, answerIsLost: true)
            }
            rig.answer(.tryLater(after: chance == 1 ? .seconds(7) : nil, reason: "503"), at: place)
        } else {
            answerTruly(&rig, &service, at: place)
        }
    }

    private func answerTruly(_ rig: inout MachineRig, _ service: inout Service, at place: Int) {
        let ids = rig.inFlight[place].entries.map(\.id)
        if service.bad.isDisjoint(with: ids) {
            store(ids, &service, answerIsLost: false)
            rig.answer(.accepted, at: place)
        } else {
            rig.answer(.refused(reason: "400"), at: place)
        }
    }

    private func store(_ ids: [Int64], _ service: inout Service, answerIsLost: Bool) {
        for id in ids { service.stored[id, default: 0] += 1 }
        if answerIsLost { service.mayRepeat.formUnion(ids) }
    }

    /// Some requests in flight arrive, without an answer.
    private func crash(_ rig: inout MachineRig, _ service: inout Service, using random: inout SplitMix64) {
        for request in rig.inFlight where Bool.random(using: &random) {
            let ids = request.entries.map(\.id)
            if service.bad.isDisjoint(with: ids) { store(ids, &service, answerIsLost: true) }
        }
        // Requests that had overtaken a request in flight are repeated too, at most a window of them.
        let unpassed = rig.machine.window.slots.flatMap(\.entries).map(\.id)
        service.mayRepeat.formUnion(unpassed)
        service.sent = service.sent.filter { $0 <= rig.cursor }
        rig.crash(seed: random.next())
    }

    private func check(_ rig: MachineRig, _ service: Service, sentBefore: [Int]) {
        let limits = rig.machine.limits
        #expect(rig.inFlight.count <= limits.requestsInFlight)
        #expect(rig.machine.window.slots.count <= rig.machine.window.capacity)
        #expect(
            rig.machine.window.entryCount <= rig.machine.window.capacity * (DeliveryWindow.readingsPerGroup + 1))
        let passedOver = rig.log.prefix { $0.id <= rig.cursor }.contains {
            service.stored[$0.id] == nil && rig.setAside[$0.id] == nil
        }
        #expect(!passedOver)
        var newestSent = service.sent.max() ?? 0
        for request in rig.inFlight where !sentBefore.contains(request.request) {
            let ids = request.entries.map(\.id)
            #expect(ids == ids.sorted())
            for id in ids where !service.sent.contains(id) {
                #expect(id > newestSent, "\(id) is sent for the first time after \(newestSent)")
                newestSent = id
            }
            if limits.keepTogetherMilliseconds == 0 {
                #expect(ids.count <= limits.readingsPerRequest)
            }
            if ids.last == rig.log.last?.id {
                #expect(rig.inFlight.count == 1, "the newest is sent alone")
            }
        }
    }

    private func noteSent(_ rig: MachineRig, _ service: inout Service) {
        for request in rig.inFlight { service.sent.formUnion(request.entries.map(\.id)) }
    }

    /// The service recovers, and all is answered.
    private func finish(_ rig: inout MachineRig, _ service: inout Service) {
        for _ in 0..<5000 {
            while !rig.inFlight.isEmpty { answerTruly(&rig, &service, at: 0) }
            if rig.cursor == rig.log.last?.id { return }
            rig.advance(by: .seconds(10))
        }
    }
}
