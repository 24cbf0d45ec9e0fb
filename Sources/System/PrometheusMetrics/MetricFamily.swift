/// Numbers of one name: what Prometheus calls a metric family.
public struct MetricFamily: Sendable {
    /// What kind of numbers they are.
    public enum Content: Sendable {
        /// Numbers that only rise, from 0 at the start of the program. By custom the name ends with `_total`.
        case counter([MetricSample])
        /// Numbers that rise and fall.
        case gauge([MetricSample])
        /// Distributions.
        case histogram([MetricSeries])
    }

    /// Letters, digits, `_` and `:`, not beginning with a digit; by custom with the base unit at its end (`_seconds`, `_bytes`).
    public let name: String
    /// One sentence for people; any text.
    public let help: String
    public let content: Content

    /// - Precondition: the name is well-formed, for it is a constant of the program.
    public init(_ name: String, help: String, _ content: Content) {
        precondition(MetricsText.isName(name, colonAllowed: true), "\(name) is no name of a metric")
        self.name = name
        self.help = help
        self.content = content
    }
}
