/// One distribution of a ``MetricFamily`` with the labels that tell it from the others.
public struct MetricSeries: Sendable {
    /// As of a ``MetricSample``; `le` is the format's own and must not be among them.
    public var labels: KeyValuePairs<String, String>
    public var values: MetricHistogram

    public init(_ values: MetricHistogram, _ labels: KeyValuePairs<String, String> = [:]) {
        self.labels = labels
        self.values = values
    }
}
