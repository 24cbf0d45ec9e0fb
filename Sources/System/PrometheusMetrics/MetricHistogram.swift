/// How often something took how long, or was how large: counts by upper bounds.
///
/// ```swift
/// var latency = MetricHistogram(upperBounds: [0.001, 0.01, 0.1, 1])
/// latency.observe(0.004)
/// ```
public struct MetricHistogram: Sendable, Hashable {
    /// Ascending and finite; what lies above the last is counted too.
    public let upperBounds: [Double]
    /// One for each bound, not cumulative, and one for what lies above the last.
    public private(set) var counts: [Int]
    /// Of all that was observed.
    public private(set) var sum = 0.0

    /// - Precondition: the bounds ascend and are finite: they are constants of the program.
    public init(upperBounds: [Double]) {
        precondition(upperBounds.allSatisfy(\.isFinite) && zip(upperBounds, upperBounds.dropFirst()).allSatisfy(<))
        self.upperBounds = upperBounds
        counts = Array(repeating: 0, count: upperBounds.count + 1)
    }

    /// How often something was observed.
    public var count: Int { counts.reduce(0, +) }

    /// Counts one value, in base units: seconds, bytes. A bound belongs to what lies below it.
    public mutating func observe(_ value: Double) {
        counts[upperBounds.firstIndex { value <= $0 } ?? upperBounds.count] += 1
        sum += value
    }
}
