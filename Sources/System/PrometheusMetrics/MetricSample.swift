/// One number of a ``MetricFamily`` with the labels that tell it from the others.
public struct MetricSample: Sendable {
    /// In the order in which they are written. Names begin with a letter or `_` and go on with letters, digits and `_`.
    public var labels: KeyValuePairs<String, String>
    public var value: Double

    public init(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        self.labels = labels
        self.value = value
    }

    public init(_ value: some BinaryInteger, _ labels: KeyValuePairs<String, String> = [:]) {
        self.init(Double(value), labels)
    }
}
