import BlueZSimulator
import HeartRate

/// The straps' measurements. Each has a number of its own in its RR interval, which links a sent measurement to an
/// arrived one.
actor CountedBeats {
    /// How much a strap had sent when a life of the uploader began, and when it ended.
    struct Life: Sendable {
        let begin: Int
        let end: Int
    }

    /// Fast enough for readings to be at every place when the uploader dies. Slow enough that each is on the disk
    /// before the next, and that a window of four beats per request has a whole second.
    private static let interval: Duration = .milliseconds(25)

    private let simulator: Simulator
    private var sent: [String: Int] = [:]
    private var begins: [String: Int] = [:]
    private var subscriptionsBefore: [String: Int] = [:]
    /// By the strap's name.
    private(set) var lives: [String: [Life]] = [:]

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    static func measurement(_ number: Int) -> HeartRateMeasurement {
        HeartRateMeasurement(
            beatsPerMinute: UInt16(60 + number % 100), contact: .detected, rrIntervals: [UInt16(number)])
    }

    /// Measurements of all straps that a client has received.
    var total: Int { sent.values.reduce(0, +) }

    /// The simulator counts a subscription only of a first client: it must have noticed that the last one was killed.
    func beginLife() async throws {
        try await simulator.until { status in status.straps.values.allSatisfy { !$0.isSubscribed } }
        begins = sent
        let straps = await simulator.status.straps
        subscriptionsBefore = straps.mapValues(\.subscriptions)
    }

    func endLife() {
        for name in CrashStage.straps.keys {
            lives[name, default: []].append(Life(begin: begins[name, default: 0], end: sent[name, default: 0]))
        }
    }

    /// Lets each strap measure `count` times, once the uploader listens to both.
    func beat(_ count: Int) async throws {
        let before = subscriptionsBefore
        try await simulator.until { status in
            before.allSatisfy { address, count in (status.straps[address]?.subscriptions ?? 0) > count }
        }
        for _ in 0..<count {
            for (name, address) in CrashStage.straps {
                let number = sent[name, default: 0] + 1
                let bytes = Self.measurement(number).encoded()
                if await simulator.notify(address, bytes: bytes) != nil { sent[name] = number }
            }
            // The pace of the hearts. It waits for no condition.
            try await ContinuousClock().sleep(for: Self.interval)
        }
    }
}
