package import ArgumentParser
import FoundationEssentials
import TextFormats

/// An option that a command does not have, with the one that may be meant.
///
/// ArgumentParser reports one mistake of a command line. That can be a missing argument, or the word behind the unknown
/// option, which it takes for an argument.
package struct UnknownOption: Equatable {
    let name: String
    let suggestion: String?

    /// Nil if the command has every option. `arguments` lack the name of the program.
    package init?(in arguments: [String], of root: any ParsableCommand.Type) {
        var command = root
        var rest = arguments[...]
        while let word = rest.first,
            let next = command.configuration.subcommands.first(where: { $0.words.contains(word) })
        {
            command = next
            rest = rest.dropFirst()
        }
        let options = Self.options(of: command.configuration.defaultSubcommand ?? command)
        while let word = rest.popFirst(), word != "--" {
            guard word.hasPrefix("--") else { continue }
            let name = word.dropFirst(2).prefix { $0 != "=" }
            if let option = options.first(where: { $0.names.contains(String(name)) }) {
                if option.hasValue, !word.contains("=") { rest = rest.dropFirst() }
                continue
            }
            self.name = "--\(name)"
            let known = options.filter(\.isShown).flatMap(\.names)
            suggestion = Spelling.suggestion(for: String(name), among: known).map { "--\($0)" }
            return
        }
        return nil
    }

    /// The message of ArgumentParser about this mistake, in place of another message.
    package func message(insteadOf text: String) -> String {
        let question = suggestion.map { ". Did you mean '\($0)'?" } ?? ""
        let usage = text.firstRange(of: "\nUsage:").map { String(text[$0.lowerBound...]) } ?? ""
        return "Error: Unknown option '\(name.printable())'\(question)\(usage)"
    }

    // MARK: The options of a command

    private struct Option {
        let names: [String]
        let hasValue: Bool
        let isShown: Bool
    }

    /// The description of a command that ArgumentParser has for other tools.
    private struct Dump: Decodable {
        struct Command: Decodable { let arguments: [Argument]? }
        struct Argument: Decodable {
            let kind: String
            let shouldDisplay: Bool
            let names: [Name]?
        }
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let command: Command
    }

    private static func options(of command: any ParsableCommand.Type) -> [Option] {
        let dump = try? JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8))
        let general = ["help", "version", "help-hidden", "experimental-dump-help", "generate-completion-script"]
        return (dump?.command.arguments ?? []).map { argument in
            Option(
                names: (argument.names ?? []).filter { $0.kind == "long" }.map(\.name),
                hasValue: argument.kind == "option", isShown: argument.shouldDisplay)
        } + general.map { Option(names: [$0], hasValue: false, isShown: $0 == "help" || $0 == "version") }
    }
}
