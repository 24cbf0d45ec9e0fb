package import ArgumentParser
package import Console
import TextFormats

/// Questions to the user, each with a default answer for Enter.
package struct SetupQuestions: Sendable {
    let terminal: any Terminal
    /// Whether nothing is asked, and Enter is always the answer.
    let isUnattended: Bool

    package init(terminal: any Terminal, isUnattended: Bool) {
        self.terminal = terminal
        self.isUnattended = isUnattended
    }

    /// Throws ``SetupError/byPerson`` when no answer comes any more.
    package func ask(_ question: String, defaultAnswer: String = "") async throws(SetupError) -> String {
        if isUnattended { return defaultAnswer }
        await terminal.write(question + (defaultAnswer.isEmpty ? " " : " [\(defaultAnswer)] "))
        guard let answer = await terminal.readLine() else {
            // The question's line is still open.
            await terminal.write("\n")
            throw .byPerson
        }
        let words = answer.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? defaultAnswer : words
    }

    package func confirm(_ question: String, defaultAnswer: Bool) async throws(SetupError) -> Bool {
        if isUnattended { return defaultAnswer }
        while true {
            let answer = try await ask(question + (defaultAnswer ? " [Y/n]" : " [y/N]"))
            switch answer.lowercased() {
            case "": return defaultAnswer
            case "y", "yes": return true
            case "n", "no": return false
            default: await show("Type y for yes or n for no. Ctrl-C stops.")
            }
        }
    }

    /// The strap that something is meant for; nil for all of them, and if there is no choice.
    func strap(among straps: [String]) async throws(SetupError) -> String? {
        guard straps.count > 1, !isUnattended else { return nil }
        let places = try await choose(among: ["all straps"] + straps, question: "Which strap? Its number:")
        return places.first.flatMap { $0 == 0 ? nil : straps[$0 - 1] }
    }

    /// The parts of an argument like `folder=/srv/sessions`.
    static func split(_ argument: String) -> (name: String, value: String?) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts.first ?? "", parts.count < 2 ? nil : parts[1])
    }

    /// The places of those that are chosen, at least one: numbers with spaces or commas between.
    package func choose(
        among choices: [String], question: String, defaultAnswer: String = "1"
    ) async throws(SetupError) -> [Int] {
        if isUnattended { return [0] }
        for (place, choice) in choices.enumerated() { await show("  \(place + 1)  \(choice)", hanging: 3) }
        while true {
            let answer = try await ask(question, defaultAnswer: defaultAnswer)
            let numbers = answer.split { $0 == " " || $0 == "," }.map { Int($0) }
            let places = numbers.compactMap { $0.map { $0 - 1 } }.filter(choices.indices.contains)
            if places.count == numbers.count, !places.isEmpty { return places }
            await show("Type a number from 1 to \(choices.count), with spaces between several. Ctrl-C stops.")
        }
    }

    /// Asks for a secret without echo.
    func secret(_ question: String) async throws(SetupError) -> String {
        guard let answer = await terminal.readSecret(question) else { throw .byPerson }
        return answer
    }

    /// Breaks a long line between its words. A continuation is indented by `hanging` more.
    package func show(_ line: String, hanging: Int = 2) async {
        for part in LineWrap.lines(of: line, columns: terminal.columns, hanging: hanging) { await terminal.print(part) }
    }
}

/// The reason why a setup stops early.
package struct SetupError: CommandFailure, Equatable {
    package let description: String
    package let exitCode: ExitCode

    package init(description: String, code: ExitCode) {
        self.description = description
        exitCode = code
    }

    /// Ctrl-C, or no more input.
    package static let byPerson = SetupError(description: "Stopped. Completed steps stay.", code: ExitCode(130))
}
