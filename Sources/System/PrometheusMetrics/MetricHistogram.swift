/// A distribution of times or sizes: counts by upper bounds.
///
/// ```swift
/// var latency = MetricHistogram(upperBounds: [0.001, 0.01, 0.1, 1])
/// latency.observe(0.004)
/// ```
package struct MetricHistogram: Sendable, Hashable {
    /// Ascending and finite. Values above the last bound are counted too.
    package let upperBounds: [Double]
    /// One count for each bound, not cumulative, and one for values above the last.
    package private(set) var counts: [Int]
    /// The sum of all values.
    package private(set) var sum = 0.0

    /// - Precondition: the bounds ascend and are finite. They are constants of the program.
    package init(upperBounds: [Double]) {
        precondition(upperBounds.allSatisfy(\.isFinite) && zip(upperBounds, upperBounds.dropFirst()).allSatisfy(<))
        self.upperBounds = upperBounds
        counts = Array(repeating: 0, count: upperBounds.count + 1)
    }

    /// The number of values.
    package var count: Int { counts.reduce(0, +) }

    /// Counts one value, in base units: seconds, bytes. A value that equals a bound counts below it.
    package mutating func observe(_ value: Double) {
        counts[upperBounds.firstIndex { value <= $0 } ?? upperBounds.count] += 1
        sum += value
    }
}

/// One distribution of a ``MetricFamily`` with the labels that identify it.
package struct MetricSeries: Sendable {
    /// Like the labels of a ``MetricSample``, without `le`, which the format uses itself.
    package var labels: KeyValuePairs<String, String>
    package var values: MetricHistogram

    package init(_ values: MetricHistogram, _ labels: KeyValuePairs<String, String> = [:]) {
        self.labels = labels
        self.values = values
    }
}
