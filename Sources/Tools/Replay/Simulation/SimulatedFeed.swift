/// The readings of simulated people, in the order in which they are due, with the time at which they are.
package struct SimulatedFeed: Sequence, Sendable {
    package let straps: [String]
    let day: SimulatedDay
    /// The first person's; each next one has one more.
    let seed: UInt64
    /// Of each person.
    let readingsPerSecond: Double
    /// Of each person; nil for no end.
    let readingsPerStrap: Int?

    package init(straps: [String], day: SimulatedDay, seed: UInt64, readingsPerSecond: Double, readingsPerStrap: Int?) {
        self.straps = straps
        self.day = day
        self.seed = seed
        self.readingsPerSecond = readingsPerSecond
        self.readingsPerStrap = readingsPerStrap
    }

    package struct Iterator: IteratorProtocol {
        fileprivate let feed: SimulatedFeed
        fileprivate var hearts: [SimulatedHeart]
        fileprivate var round = 0
        fileprivate var place = 0

        package mutating func next() -> TimedReading? {
            if let limit = feed.readingsPerStrap, round >= limit { return nil }
            guard hearts.indices.contains(place) else { return nil }
            defer {
                place += 1
                if place == hearts.count { (round, place) = (round + 1, 0) }
            }
            return TimedReading(
                strap: feed.straps[place], measurement: hearts[place].next(after: 1 / feed.readingsPerSecond),
                due: .seconds(Double(round) / feed.readingsPerSecond), measuredAtMilliseconds: nil)
        }
    }

    package func makeIterator() -> Iterator {
        Iterator(feed: self, hearts: straps.indices.map { SimulatedHeart(day, seed: seed &+ UInt64($0)) })
    }
}
