import Destinations
import Outputs
import TextFormats

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
        var mistakes = [nameMistake(output, others), strapMistake(output)].compactMap(\.self)
        mistakes += output.foreignKeys.map { key in
            ConfigurationRules.mistake(key, "`\(key)` is not an option of \(kind.title)")
        }
        let showsSeveral = output.strapName(among: straps) == nil && straps.count > 1
        if let mistake = kind.firstMistake(in: output.options, showsSeveral: showsSeveral) {
            mistakes.append(ConfigurationRules.mistake(mistake.key ?? "kind", mistake.message))
        }
        return mistakes
    }

    private func nameMistake(_ output: OutputSection, _ others: ArraySlice<OutputSection>) -> Mistake? {
        if output.outputName.isEmpty { return ConfigurationRules.mistake("name", "an output's `name` is empty") }
        guard others.contains(where: { $0.outputName == output.outputName }) else { return nil }
        return ConfigurationRules.mistake(
            output.name == nil ? "kind" : "name",
            "another output is named `\(output.outputName)` already: give one another `name`")
    }

    private func strapMistake(_ output: OutputSection) -> Mistake? {
        guard let name = output.strapName(among: straps), !straps.contains(where: { $0.name == name }) else {
            return nil
        }
        let known = straps.map { "`\($0.name)`" }.joined(separator: ", ")
        var mistake = ConfigurationRules.mistake(
            "strap", "no strap is named `\(name.printable())`; there are \(known)")
        mistake.presumedList = "straps"
        return mistake
    }
}
