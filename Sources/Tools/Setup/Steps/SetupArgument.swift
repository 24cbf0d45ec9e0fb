import ArgumentParser
import Destinations
package import UploaderConfiguration

/// A kind of output or of a place for sessions on the command line, perhaps with the value of its first question:
/// `file`, `folder=/srv/sessions`.
package struct SetupArgument<Kind: ConfigurationChoice & Sendable>: ExpressibleByArgument, Sendable {
    package static var allValueStrings: [String] { Kind.allCases.map(\.rawValue) }

    let kind: Kind
    let value: String?

    init(kind: Kind, value: String? = nil) {
        self.kind = kind
        self.value = value
    }

    package init?(argument: String) {
        let (name, value) = SetupQuestions.split(argument)
        guard let kind = Kind(rawValue: name.lowercased()) else { return nil }
        self.init(kind: kind, value: value)
    }
}

/// The questions about something of a kind that has options.
extension SetupQuestions {
    /// Those of the command line, else those that the user chooses, in the order of `kinds`.
    func chosen<Kind>(
        _ given: [SetupArgument<Kind>], title: (Kind) -> String, question: String
    ) async throws(SetupError) -> [SetupArgument<Kind>] {
        if !given.isEmpty || isUnattended { return given }
        let kinds = Array(Kind.allCases)
        let places = try await choose(among: kinds.map(title), question: question)
        return Set(places).sorted().map { SetupArgument(kind: kinds[$0]) }
    }

    /// A name that is not known yet: `folder-2`. Nil if the kind's own name is free.
    static func furtherName(_ name: String, among known: some Collection<String>) -> String? {
        known.contains(name) ? (2...).lazy.map { "\(name)-\($0)" }.first { !known.contains($0) } : nil
    }

    /// The values of the options that have a prompt, in their order. The first takes `given`, if there is one.
    func values(
        of options: [DestinationOption], given: String?
    ) async throws(SetupError) -> [(key: String, value: OptionValues.Value)] {
        var given = given
        var values: [(key: String, value: OptionValues.Value)] = []
        for option in options {
            guard let prompt = option.prompt else { continue }
            let answer = try await answer(given, prompt)
            given = nil
            if !answer.isEmpty { values.append((option.key, option.value(of: answer) ?? .text(answer))) }
        }
        return values
    }

    /// A value of the command line, else the user's answer.
    func answer(_ given: String?, _ prompt: String) async throws(SetupError) -> String {
        if let given { return given }
        return try await ask(prompt)
    }

    /// Whether there is no mistake. Shows it, for the next answers; a mistake on the command line ends the setup.
    func accepts(_ mistake: OptionMistake?) async throws(SetupError) -> Bool {
        guard let mistake else { return true }
        if isUnattended { throw SetupError(description: mistake.message, code: .validationFailure) }
        await show(mistake.message)
        return false
    }
}

extension OptionValues {
    init(_ values: [(key: String, value: Value)]) {
        self.init(Dictionary(values.map { ($0.key, $0.value) }) { first, _ in first })
    }
}
