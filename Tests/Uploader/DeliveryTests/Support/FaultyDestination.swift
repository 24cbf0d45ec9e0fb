import Delivery
import Outbox
import TestKit
import Timing

/// A destination that refuses bad rates, and takes a third of all requests later.
actor FaultyDestination: Destination {
    let name = "pulsoid"
    let limits: DestinationLimits
    /// The rates that it has, in order.
    var delivered: [UInt16] { record.all }
    private let record = Recorder<UInt16>()
    private let bad: Set<UInt16>
    private var random: SplitMix64

    init(limits: DestinationLimits, bad: Set<UInt16>, seed: UInt64) {
        self.limits = limits
        self.bad = bad
        random = SplitMix64(seed: seed)
    }

    func deliver(_ readings: [Reading]) async -> DeliveryOutcome {
        if Int.random(in: 0..<3, using: &random) == 0 { return .tryLater(after: nil, reason: "busy") }
        let rates = readings.compactMap(\.heartRate)
        guard bad.isDisjoint(with: rates) else { return .refused(reason: "still odd") }
        for rate in rates { record.append(rate) }
        return .accepted
    }

    /// Returns when the delivered readings satisfy the condition.
    func until(_ condition: @escaping @Sendable ([UInt16]) -> Bool) async {
        await record.until(condition)
    }
}
