/// Five zones of the heart rate, and rest below them: percentages of the own maximum.
///
/// | Zone | Name | From |
/// | --- | --- | --- |
/// | 0 | rest | |
/// | 1 | very light | 50 % |
/// | 2 | light | 60 % |
/// | 3 | moderate | 70 % |
/// | 4 | hard | 80 % |
/// | 5 | maximum | 90 % |
package struct HeartRateZones: Sendable, Equatable {
    package struct Zone: Sendable, Equatable {
        package let number: Int
        package let name: String
        /// Of the maximum.
        package let fromPercent: Int
    }

    package static let all = [
        Zone(number: 0, name: "rest", fromPercent: 0), Zone(number: 1, name: "very light", fromPercent: 50),
        Zone(number: 2, name: "light", fromPercent: 60), Zone(number: 3, name: "moderate", fromPercent: 70),
        Zone(number: 4, name: "hard", fromPercent: 80), Zone(number: 5, name: "maximum", fromPercent: 90),
    ]
    /// Maximums of hearts.
    package static let maximums = 100...250
    /// Until the user sets another.
    package static let usualMaximum = 190

    package let maximum: Int

    package init(maximum: Int = usualMaximum) {
        self.maximum = maximum
    }

    /// The number of the zone, 0 to 5.
    package func zone(of beatsPerMinute: Int) -> Int {
        Self.all.last { 100 * beatsPerMinute >= $0.fromPercent * maximum }?.number ?? 0
    }

    /// The lowest heart rate of a zone.
    package func from(_ zone: Zone) -> Int { (zone.fromPercent * maximum + 99) / 100 }

    /// The time in each zone, by its number, of the times at each heart rate.
    package func milliseconds(atRates rates: [Int: Int64]) -> [Int64] {
        rates.reduce(into: Array(repeating: 0, count: Self.all.count)) { $0[zone(of: $1.key)] += $1.value }
    }
}
