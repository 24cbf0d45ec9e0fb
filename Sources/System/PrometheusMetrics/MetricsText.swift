/// The text-based exposition format of Prometheus, version 0.0.4
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).
///
/// ```swift
/// let text = MetricsText.text(of: [
///     MetricFamily("readings_total", help: "Readings received.", .counter([MetricSample(7, ["strap": "chest"])]))
/// ])
/// ```
package enum MetricsText {
    /// The `Content-Type` of a response with this text.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes each family with its `HELP` and its `TYPE`, in the given order. A family without samples is written too,
    /// because its absence of numbers is information.
    ///
    /// - Precondition: names of labels are well-formed, and none is `le` in a histogram. They are constants of the
    ///   program.
    package static func text(of families: [MetricFamily]) -> String {
        var text = ""
        for family in families { append(family, to: &text) }
        return text
    }

    private static func append(_ family: MetricFamily, to text: inout String) {
        text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
        switch family.content {
        case .counter(let samples): append(family.name, type: "counter", samples, to: &text)
        case .gauge(let samples): append(family.name, type: "gauge", samples, to: &text)
        case .histogram(let series):
            text += "# TYPE \(family.name) histogram\n"
            for one in series { append(family.name, one.labels, one.values, to: &text) }
        }
    }

    private static func append(_ name: String, type: String, _ samples: [MetricSample], to text: inout String) {
        text += "# TYPE \(name) \(type)\n"
        for sample in samples { appendLine(name, labels(sample.labels), sample.value, to: &text) }
    }

    private static func append(
        _ name: String, _ pairs: KeyValuePairs<String, String>, _ histogram: MetricHistogram, to text: inout String
    ) {
        let labels = labels(pairs)
        precondition(!pairs.contains { $0.key == "le" }, "le is the format's own label")
        var count = 0
        for (bound, own) in zip(histogram.upperBounds + [.infinity], histogram.counts) {
            count += own
            appendLine(name + "_bucket", labels + [#"le="\#(number(bound))""#], Double(count), to: &text)
        }
        appendLine(name + "_sum", labels, histogram.sum, to: &text)
        appendLine(name + "_count", labels, Double(count), to: &text)
    }

    private static func appendLine(_ name: String, _ labels: [String], _ value: Double, to text: inout String) {
        text += name
        if !labels.isEmpty { text += "{" + labels.joined(separator: ",") + "}" }
        text += " \(number(value))\n"
    }

    private static func labels(_ labels: KeyValuePairs<String, String>) -> [String] {
        labels.map { name, value in
            precondition(isName(name, colonAllowed: false), "\(name) is no name of a label")
            return #"\#(name)="\#(escaped(value, quotes: true))""#
        }
    }

    /// A number in the format of Go's `ParseFloat`.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // A Double holds every whole number below 2^53 exactly.
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return String(whole) }
        return value.description
    }

    /// Escapes backslashes and line feeds, and quotation marks in the value of a label.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\n": escaped += #"\n"#
            case "\"" where quotes: escaped += #"\""#
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func isName(_ name: String, colonAllowed: Bool) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || ($0 == ":" && colonAllowed))
        }
    }
}
