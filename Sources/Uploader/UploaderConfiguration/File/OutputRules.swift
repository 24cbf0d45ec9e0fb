import Destinations
import Outputs

/// What the outputs of a configuration must hold beyond their shape.
struct OutputRules {
    typealias Mistake = ConfigurationRules.Mistake

    let straps: [StrapSection]

    func mistakes(in outputs: [OutputSection]) -> [Mistake] {
        outputs.enumerated().flatMap { index, output in
            mistakes(in: output, before: outputs[..<index]).map { $0.below([.key("outputs"), .item(index)]) }
        }
    }

    private func mistakes(in output: OutputSection, before others: ArraySlice<OutputSection>) -> [Mistake] {
        let kind = output.kind.kind
        let strap = output.strapName(among: straps)
        var mistakes = [nameMistake(output, others), ConfigurationRules.strapMistake(strap, straps)].compactMap(\.self)
        mistakes += output.foreignKeys.map { key in
            ConfigurationRules.mistake(key, "`\(key)` is not an option of \(kind.title)")
        }
        let showsSeveral = strap == nil && straps.count > 1
        if let mistake = kind.firstMistake(in: output.options, showsSeveral: showsSeveral) {
            mistakes.append(ConfigurationRules.mistake(mistake.key ?? "kind", mistake.message))
        } else if let mistake = placeMistake(output, others) {
            mistakes.append(mistake)
        }
        return mistakes
    }

    /// Two that write one place would overwrite each other again and again.
    private func placeMistake(_ output: OutputSection, _ others: ArraySlice<OutputSection>) -> Mistake? {
        let own = places(of: output)
        var seen: Set<String> = []
        if let place = own.first(where: { !seen.insert($0).inserted }) {
            return ConfigurationRules.mistake("kind", "two straps of `\(output.outputName)` would write \(place)")
        }
        for other in others where other.kind == output.kind {
            guard let place = places(of: other).first(where: seen.contains) else { continue }
            return ConfigurationRules.mistake(
                "kind", "`\(other.outputName)` and `\(output.outputName)` would both write \(place): change one of them"
            )
        }
        return nil
    }

    private func places(of output: OutputSection) -> [String] {
        let names = output.strapName(among: straps).map { [$0] } ?? straps.map(\.name)
        return output.kind.kind.places(of: output.options, straps: names)
    }

    private func nameMistake(_ output: OutputSection, _ others: ArraySlice<OutputSection>) -> Mistake? {
        if output.outputName.isEmpty { return ConfigurationRules.mistake("name", "an output's `name` is empty") }
        guard others.contains(where: { $0.outputName == output.outputName }) else { return nil }
        return ConfigurationRules.mistake(
            output.name == nil ? "kind" : "name",
            "another output is named `\(output.outputName)` already: give one another `name`")
    }
}
