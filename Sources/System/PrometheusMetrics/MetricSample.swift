/// One number of a ``MetricFamily`` with the labels that identify it.
package struct MetricSample: Sendable {
    /// The labels in the order of the output. Names have letters, digits and `_`, without a digit at the start.
    package var labels: KeyValuePairs<String, String>
    package var value: Double

    package init(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        self.labels = labels
        self.value = value
    }

    package init(_ value: some BinaryInteger, _ labels: KeyValuePairs<String, String> = [:]) {
        self.init(Double(value), labels)
    }
}
