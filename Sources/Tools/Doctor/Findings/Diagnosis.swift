import FoundationEssentials
import TextFormats

/// All findings of the doctor, as text and as JSON.
package struct Diagnosis: Sendable, Equatable {
    package let findings: [Finding]

    package init(findings: [Finding]) {
        self.findings = findings
    }

    package var hasProblems: Bool { count(of: .problem) > 0 }

    /// How far a remedy is indented. A long sentence goes on there too.
    package var indent: Int {
        let levelWidth = findings.map(\.level.rawValue.count).max() ?? 0
        let checkWidth = findings.map(\.check.rawValue.count).max() ?? 0
        return levelWidth + checkWidth + 4
    }

    /// Aligned lines: each remedy below its finding, and the total at the end.
    package var lines: [String] {
        let levelWidth = findings.map(\.level.rawValue.count).max() ?? 0
        let checkWidth = findings.map(\.check.rawValue.count).max() ?? 0
        let indent = String(repeating: " ", count: self.indent)
        let lines = findings.flatMap { finding in
            let head = Self.padded(finding.level.rawValue, levelWidth) + Self.padded(finding.check.rawValue, checkWidth)
            return [head + finding.sentence] + (finding.remedy.map { [indent + "→ " + $0] } ?? [])
        }
        return lines + [sum]
    }

    /// The document that `strapline doctor --json` promises.
    package func json() throws -> String {
        struct Document: Encodable {
            let problems: Int
            let warnings: Int
            let findings: [Finding]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(problems: count(of: .problem), warnings: count(of: .warning), findings: findings)
        return String(decoding: try encoder.encode(document), as: UTF8.self).jsonWithoutControls()
    }

    private var sum: String {
        let parts = [(count(of: .problem), "problem"), (count(of: .warning), "warning")].filter { $0.0 > 0 }
        if parts.isEmpty { return "Nothing is wrong." }
        return parts.map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ") + "."
    }

    private func count(of level: Finding.Level) -> Int { findings.count { $0.level == level } }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: width - text.count + 2)
    }
}
