import TestKit
import Timing

/// The events of a day, or of an hour with as many.
struct DayPlan {
    enum Outage: CaseIterable {
        case connectionsReset, unavailable
        /// A captive portal answers 200 to everything, with a web page.
        case portal
    }

    static let outageCount = 6

    /// While the strap is worn, one reading each second.
    let seconds: Int
    let outages: [(seconds: Range<Int>, kind: Outage)]
    /// When the services begin to accept only the new token, and when the file with it is replaced.
    let tokenChangesAt: Int
    let tokenIsReplacedAt: Int
    /// The machine restarts, with a clock that is set by the network only later.
    let rebootsAt: Int
    let clockIsSetAt: Int

    init(seconds: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        self.seconds = seconds
        outages = (0..<Self.outageCount).map { _ in
            let length = Int.random(in: seconds / 144...seconds / 24, using: &random)
            let start = Int.random(in: 1..<seconds - length, using: &random)
            return (start..<start + length, Outage.allCases.randomElement(using: &random) ?? .unavailable)
        }
        tokenChangesAt = Int.random(in: 1..<seconds - 300, using: &random)
        tokenIsReplacedAt = tokenChangesAt + Int.random(in: 10...240, using: &random)
        rebootsAt = Int.random(in: seconds / 4..<seconds * 3 / 4, using: &random)
        clockIsSetAt = rebootsAt + Int.random(in: 2...50, using: &random)
    }

    func outage(at second: Int) -> Outage? {
        outages.first { $0.seconds.contains(second) }?.kind
    }
}
