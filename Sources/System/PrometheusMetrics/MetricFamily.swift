/// A metric family of Prometheus: numbers with one name.
package struct MetricFamily: Sendable {
    package enum Content: Sendable {
        /// Numbers that only rise, from 0 at the start of the program. By convention the name ends with `_total`.
        case counter([MetricSample])
        /// Numbers that rise and fall.
        case gauge([MetricSample])
        /// Distributions.
        case histogram([MetricSeries])
    }

    /// Letters, digits, `_` and `:`, without a digit at the start. By convention it ends with the base unit
    /// (`_seconds`, `_bytes`).
    package let name: String
    /// One sentence, which may have any characters.
    package let help: String
    package let content: Content

    /// - Precondition: the name is well-formed. Names are constants of the program.
    package init(_ name: String, help: String, _ content: Content) {
        precondition(MetricsText.isName(name, colonAllowed: true), "\(name) is no name of a metric")
        self.name = name
        self.help = help
        self.content = content
    }
}
