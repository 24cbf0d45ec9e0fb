/// Reads Prometheus's text format by its specification, independently of the program, and finds errors, also in names:
/// the rules of `promtool check metrics`.
package struct MetricsCheck: Sendable {
    /// One line with a number.
    package struct Sample: Sendable, Hashable {
        package let name: String
        package let labels: [String: String]
        package let value: Double
    }

    package private(set) var samples: [Sample] = []
    /// The errors, with their lines.
    package private(set) var problems: [String] = []
    private var types: [String: String] = [:]
    private var helped: Set<String> = []
    /// Families that may have no more lines.
    private var ended: Set<String> = []
    private var current: String?

    package init(_ text: String) {
        if !text.isEmpty, !text.hasSuffix("\n") { problems.append("the last line has no end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) { read(String(line)) }
        if Set(samples.map { "\($0.name)\($0.labels.sorted { $0.key < $1.key })" }).count != samples.count {
            problems.append("a sample stands there twice")
        }
        for (name, type) in types {
            if !helped.contains(name) { problems.append("\(name) has no HELP") }
            if (type == "counter") != name.hasSuffix("_total") { problems.append("\(name) is a \(type)") }
            if ["_milliseconds", "_ms", "_minutes", "_kilobytes", "_percent"].contains(where: name.contains) {
                problems.append("\(name) is in no base unit")
            }
            if type == "histogram" { checkHistogram(name) }
        }
    }

    /// The number with this name that has these labels, and maybe others; nil without one or with several.
    package func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = samples.filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }
        return found.count == 1 ? found[0].value : nil
    }

    private mutating func read(_ line: String) {
        if line.hasPrefix("#") { return readComment(line) }
        guard let sample = Self.sample(line) else {
            problems.append("not understood: \(line)")
            return
        }
        let family = family(of: sample.name)
        if types[family] == nil { problems.append("no TYPE before: \(line)") }
        begin(family, line)
        samples.append(sample)
    }

    private mutating func readComment(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, words[0] == "#" else { return problems.append("not understood: \(line)") }
        begin(words[2], line)
        switch words[1] {
        case "HELP": if !helped.insert(words[2]).inserted || words[3].isEmpty { problems.append("HELP: \(line)") }
        case "TYPE":
            let isFirst = types.updateValue(words[3], forKey: words[2]) == nil
            if !isFirst || !["counter", "gauge", "histogram", "summary", "untyped"].contains(words[3]) {
                problems.append("TYPE: \(line)")
            }
        default: break
        }
    }

    /// The lines of a family must be one group.
    private mutating func begin(_ family: String, _ line: String) {
        if current != family {
            if let current { ended.insert(current) }
            if ended.contains(family) { problems.append("out of its group: \(line)") }
            current = family
        }
    }

    private func family(of name: String) -> String {
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let family = String(name.dropLast(suffix.count))
            if types[family] == "histogram" { return family }
        }
        return name
    }

    private mutating func checkHistogram(_ name: String) {
        let buckets = Dictionary(grouping: samples.filter { $0.name == name + "_bucket" }) { sample in
            sample.labels.filter { $0.key != "le" }
        }
        for (labels, buckets) in buckets {
            let bounds = buckets.compactMap { $0.labels["le"].flatMap(Double.init) }
            let isAscending = zip(bounds, bounds.dropFirst()).allSatisfy(<) && bounds.count == buckets.count
            let isCumulative = zip(buckets, buckets.dropFirst()).allSatisfy { $0.value <= $1.value }
            let count = samples.first { $0.name == name + "_count" && $0.labels == labels }?.value
            let hasSum = samples.contains { $0.name == name + "_sum" && $0.labels == labels }
            if !isAscending || !isCumulative || bounds.last != .infinity || count != buckets.last?.value || !hasSum {
                problems.append("\(name) is no histogram: \(labels)")
            }
        }
    }

    /// `name{label="value",…} number`.
    private static func sample(_ line: String) -> Sample? {
        var rest = line[...]
        guard let name = takeName(&rest, colonAllowed: true) else { return nil }
        var labels: [String: String] = [:]
        if rest.first == "{" {
            repeat {
                rest.removeFirst()
                guard let label = takeName(&rest, colonAllowed: false), rest.hasPrefix("=\"") else { return nil }
                rest.removeFirst(2)
                guard let value = takeText(&rest), labels.updateValue(value, forKey: label) == nil else { return nil }
            } while rest.first == ","
            guard rest.popFirst() == "}" else { return nil }
        }
        guard rest.popFirst() == " " else { return nil }
        let number = String(rest)
        guard let value = number == "NaN" ? Double.nan : Double(number) else { return nil }
        return Sample(name: name, labels: labels, value: value)
    }

    private static func takeName(_ rest: inout Substring, colonAllowed: Bool) -> String? {
        let name = rest.prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || ($0 == ":" && colonAllowed))
        }
        guard let first = name.first, !first.isNumber else { return nil }
        rest = rest[name.endIndex...]
        return String(name)
    }

    /// Reads to the closing quotation mark, and resolves escapes.
    private static func takeText(_ rest: inout Substring) -> String? {
        var text = String.UnicodeScalarView()
        var scalars = rest.unicodeScalars
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"":
                rest = Substring(scalars)
                return String(text)
            case "\\":
                switch scalars.popFirst() {
                case "\\": text.append("\\")
                case "\"": text.append("\"")
                case "n": text.append("\n")
                default: return nil
                }
            default: text.append(scalar)
            }
        }
        return nil
    }
}
