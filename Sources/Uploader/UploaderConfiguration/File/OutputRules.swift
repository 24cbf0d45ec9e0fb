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
            ConfigurationRules.mistake(key, "`\(key)` is not an option of \(kind.title)", .kind)
        }
        let showsSeveral = strap == nil && straps.count > 1
        let ofOptions = kind.mistakes(in: output.options, showsSeveral: showsSeveral)
        mistakes += ofOptions.map { ConfigurationRules.mistake($0, of: "kind") }
        if ofOptions.isEmpty, let mistake = placeMistake(output, others) { mistakes.append(mistake) }
        return mistakes
    }

    /// Two that write one place would overwrite each other again and again.
    private func placeMistake(_ output: OutputSection, _ others: ArraySlice<OutputSection>) -> Mistake? {
        let own = places(of: output)
        var seen: Set<String> = []
        if let place = own.first(where: { !seen.insert($0).inserted }) {
            return ConfigurationRules.mistake("kind", "two straps of `\(output.outputName)` would write \(place)")
        }
        for (index, other) in zip(others.indices, others) where other.kind == output.kind {
            guard let place = places(of: other).first(where: seen.contains) else { continue }
            var mistake = ConfigurationRules.mistake(
                "kind", "`\(other.outputName)` and `\(output.outputName)` would both write \(place): change one of them"
            )
            mistake.twins = [index]
            return mistake
        }
        return nil
    }

    private func places(of output: OutputSection) -> [String] {
        let names = output.strapName(among: straps).map { [$0] } ?? straps.map(\.name)
        return output.kind.kind.places(of: output.options, straps: names)
    }

    private func nameMistake(_ output: OutputSection, _ others: ArraySlice<OutputSection>) -> Mistake? {
        if output.outputName.isEmpty {
            return ConfigurationRules.mistake("name", "an output's `name` is empty", .values)
        }
        let twins = others.indices.filter { others[$0].outputName == output.outputName }
        guard !twins.isEmpty else { return nil }
        var mistake = ConfigurationRules.mistake(
            output.name == nil ? "kind" : "name",
            "another output is named `\(output.outputName)` already: give one another `name`",
            output.name == nil ? .kind : .values)
        mistake.twins = twins.contains { others[$0].name != nil } ? [] : twins
        return mistake
    }
}
