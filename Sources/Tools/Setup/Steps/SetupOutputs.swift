import ArgumentParser
import Console
import Destinations
import Outputs
import UploaderConfiguration

/// Adds outputs to the configuration: from the options, else from the user's answers.
package struct SetupOutputs {
    let context: SetupContext

    package init(_ context: SetupContext) {
        self.context = context
    }

    private var questions: SetupQuestions { context.questions }

    /// Returns whether the configuration is another than before.
    package func run() async throws -> Bool {
        let straps = try context.strapNames()
        let chosen = try await chosen()
        for argument in chosen { try await add(argument, straps: straps) }
        return !chosen.isEmpty
    }

    private func chosen() async throws -> [OutputArgument] {
        if !context.options.outputs.isEmpty || questions.isUnattended { return context.options.outputs }
        let kinds = OutputSection.Kind.allCases
        let places = try await questions.choose(
            among: kinds.map(\.kind.title),
            question: "Where shall the heart rate be shown? Numbers, with spaces between:")
        return Set(places).sorted().map { OutputArgument(kind: kinds[$0]) }
    }

    private func add(_ argument: OutputArgument, straps: [String]) async throws {
        let draft = try context.draft()
        let kind = argument.kind.kind
        var entry = OutputEntry(kind: argument.kind)
        if draft.outputNames.contains(entry.outputName) {
            let name = entry.outputName
            entry.name = (2...).lazy.map { "\(name)-\($0)" }.first { !draft.outputNames.contains($0) }
        }
        var given = argument.value
        repeat {
            entry.strap = try await questions.strap(among: straps)
            entry.options = try await options(of: kind, given: given)
            given = nil
        } while try await !isRight(entry, entry.strap == nil && straps.count > 1)
        try SetupFile.write(try draft.text(adding: entry), to: context.path, .configuration)
        await questions.show("The output \(entry.outputName) is in \(context.path).")
    }

    /// The first option with a prompt takes the value of the command line.
    private func options(
        of kind: any OutputKind, given: String?
    ) async throws(SetupError) -> [(key: String, value: OptionValues.Value)] {
        var given = given
        var options: [(key: String, value: OptionValues.Value)] = []
        for option in kind.options {
            guard let prompt = option.prompt else { continue }
            var answer = given ?? ""
            if given == nil { answer = try await questions.ask(prompt) }
            given = nil
            if !answer.isEmpty { options.append((option.key, option.value(of: answer) ?? .text(answer))) }
        }
        return options
    }

    /// Shows a mistake, and asks again; a mistake on the command line ends the setup.
    private func isRight(_ entry: OutputEntry, _ showsSeveral: Bool) async throws(SetupError) -> Bool {
        let values = OptionValues(Dictionary(entry.options.map { ($0.key, $0.value) }) { first, _ in first })
        guard let mistake = entry.kind.kind.firstMistake(in: values, showsSeveral: showsSeveral) else { return true }
        if questions.isUnattended {
            throw SetupError(description: mistake.message, code: .validationFailure)
        }
        await questions.show(mistake.message)
        return false
    }
}

/// An output on the command line: `file`, or `webhook=https://example.net/heart`.
package struct OutputArgument: ExpressibleByArgument, Sendable {
    package static var allValueStrings: [String] { OutputSection.Kind.allCases.map(\.rawValue) }

    let kind: OutputSection.Kind
    /// Of the first option that `setup` asks for.
    var value: String?

    init(kind: OutputSection.Kind) {
        self.kind = kind
    }

    package init?(argument: String) {
        let (name, value) = SetupQuestions.split(argument)
        guard let kind = OutputSection.Kind(rawValue: name.lowercased()) else { return nil }
        self.kind = kind
        self.value = value
    }
}
