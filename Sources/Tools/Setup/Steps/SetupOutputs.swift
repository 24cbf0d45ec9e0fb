import Destinations
import Outputs
package import UploaderConfiguration

package typealias OutputArgument = SetupArgument<OutputSection.Kind>

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
        let chosen = try await questions.chosen(
            context.options.outputs, title: \.kind.title,
            question: "Where shall the heart rate be shown? Numbers, with spaces between:")
        for argument in chosen { try await add(argument, straps: straps) }
        return !chosen.isEmpty
    }

    private func add(_ argument: OutputArgument, straps: [String]) async throws {
        let draft = try context.draft()
        let kind = argument.kind.kind
        var entry = OutputEntry(kind: argument.kind)
        entry.name = SetupQuestions.furtherName(entry.outputName, among: draft.outputNames)
        var given = argument.value
        var mistake: OptionMistake?
        repeat {
            entry.strap = try await questions.strap(among: straps)
            entry.options = try await questions.values(of: kind.options, given: given)
            given = nil
            mistake = kind.firstMistake(
                in: OptionValues(entry.options), showsSeveral: entry.strap == nil && straps.count > 1)
        } while try await !questions.accepts(mistake)
        try SetupFile.write(try draft.text(adding: entry), to: context.path, .configuration)
        await questions.show("The output \(entry.outputName) is in \(context.path).")
    }
}
