/// How long readings took, in whole milliseconds. Takes no more room for more readings, only for more different times.
struct LatencyDistribution: Sendable, Equatable {
    private var counts: [Int64: Int] = [:]

    mutating func add(milliseconds: Int64) {
        counts[milliseconds, default: 0] += 1
    }

    mutating func remove(milliseconds: Int64) {
        guard let count = counts[milliseconds] else { return }
        counts[milliseconds] = count > 1 ? count - 1 : nil
    }

    mutating func add(_ other: LatencyDistribution) {
        counts.merge(other.counts) { $0 + $1 }
    }

    /// The time within which this part of all readings was there (nearest rank); nil where there is none.
    func percentile(_ part: Double) -> Int64? {
        let total = counts.values.reduce(0, +)
        var rest = max(1, Int((part * Double(total)).rounded(.up)))
        for (milliseconds, count) in counts.sorted(by: { $0.key < $1.key }) {
            rest -= count
            if rest <= 0 { return milliseconds }
        }
        return nil
    }
}
