import Outputs

/// The outputs: what they need, and whether they can work.
enum OutputCheck {
    static func findings(_ facts: OutputFacts) -> [Finding] {
        facts.problems.filter { OutputProbeAnswer.broken($0, remedy: nil) != facts.answer }.map {
            Finding(.output, .problem, "\(facts.name): \($0)")
        }
            + facts.warnings.map { Finding(.output, .warning, "\(facts.name): \($0)") } + [answer(facts)]
    }

    private static func answer(_ facts: OutputFacts) -> Finding {
        switch facts.answer {
        case .works(let words): Finding(.output, .ok, "\(facts.name): \(sentence(words))")
        case .uncertain(let words, let remedy):
            Finding(.output, .warning, "\(facts.name): \(sentence(words))", remedy: remedy)
        case .broken(let words, let remedy):
            Finding(.output, .problem, "\(facts.name): \(sentence(words))", remedy: remedy)
        }
    }

    private static func sentence(_ words: String) -> String { words.hasSuffix(".") ? words : words + "." }
}
