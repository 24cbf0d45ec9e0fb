import BlueZSimulator
import HeartRate

/// The straps' measurements. Each has a number of its own in its RR interval, which links a sent measurement to an
/// arrived one.
actor CountedBeats {
    /// What one strap had sent when a life of the uploader began, and when it was over.
    struct Life: Sendable {
        let begin: Int
        let end: Int
    }

    /// Fast enough for readings to stand in every place when the uploader dies, slow enough that each is on the disk
    /// before the next comes, and that a window of four beats a request holds all of a second.
    private static let interval: Duration = .milliseconds(25)

    private let simulator: Simulator
    private var sent: [String: Int] = [:]
    private var begins: [String: Int] = [:]
    private var subscriptionsBefore: [String: Int] = [:]
    /// By strap's name.
    private(set) var lives: [String: [Life]] = [:]

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    static func measurement(_ number: Int) -> HeartRateMeasurement {
        HeartRateMeasurement(
            beatsPerMinute: UInt16(60 + number % 100), contact: .detected, rrIntervals: [UInt16(number)])
    }

    /// Measurements that were sent to somebody, of all straps.
    var total: Int { sent.values.reduce(0, +) }

    func beginLife() async {
        begins = sent
        let straps = await simulator.status.straps
        subscriptionsBefore = straps.mapValues(\.subscriptions)
    }

    func endLife() {
        for name in CrashStage.straps.keys {
            lives[name, default: []].append(Life(begin: begins[name, default: 0], end: sent[name, default: 0]))
        }
    }

    /// Once the uploader listens to both straps lets each measure so often.
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
            // The pace of the hearts; nothing is waited for.
            try await ContinuousClock().sleep(for: Self.interval)
        }
    }
}
