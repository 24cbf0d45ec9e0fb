package import ArgumentParser
import TextFormats

/// A word in the place of a command that is no command, with the commands that may be meant. Also an option in the
/// place of the command.
package struct UnknownCommand: CommandFailure, Equatable {
    package let description: String
    package var exitCode: ExitCode { .validationFailure }

    /// Nil if every word in the place of a command is one. `arguments` lack the name of the program.
    package init?(in arguments: [String], of root: any ParsableCommand.Type) {
        if let sentence = Self.sentence(aboutOptionInFront: arguments, of: root) {
            description = sentence
            return
        }
        var command = root
        var path = [root.commandWord]
        for word in arguments {
            if word == "help", path.count == 1 { continue }
            let commands = command.configuration.subcommands
            guard !word.hasPrefix("-"), !commands.isEmpty else { return nil }
            guard let next = commands.first(where: { $0.words.contains(word) }) else {
                // It can be an argument of the default command, unless it looks like another command.
                let isMisspelt = Spelling.suggestion(for: word, among: commands.flatMap { $0.words }) != nil
                if command.configuration.defaultSubcommand != nil, !isMisspelt { return nil }
                description = Self.sentence(word, at: path, command, root)
                return
            }
            command = next
            path.append(next.commandWord)
        }
        return nil
    }

    private static func sentence(
        _ word: String, at path: [String], _ command: any ParsableCommand.Type, _ root: any ParsableCommand.Type
    ) -> String {
        let parent = path.joined(separator: " ")
        let known = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        var meant = elsewhere(word, below: root, path: [root.commandWord])
        if word == "help" { meant = [([root.commandWord, "help"] + path.dropFirst()).joined(separator: " ")] }
        if word == "version" { meant = ["\(root.commandWord) --version"] }
        let names = known.flatMap { $0.words }
        let near =
            Spelling.suggestion(for: word, among: names)
            ?? synonyms[word.lowercased()].flatMap { $0.first(where: names.contains) }
        if let near, near != word, meant.isEmpty || word != "version" { meant.insert("\(parent) \(near)", at: 0) }
        let question = meant.isEmpty ? "" : " Did you mean " + meant.map { "`\($0)`" }.joined(separator: " or ") + "?"
        return "`\(parent)` has no command `\(word.printable())`.\(question) All commands: \(parent) --help"
    }

    /// Words of other programs for a command.
    private static let synonyms = [
        "ls": ["list"], "rm": ["remove", "delete"], "del": ["remove", "delete"], "delete": ["remove"],
        "remove": ["delete"], "new": ["add", "create", "issue"], "create": ["add", "issue"],
        "add": ["create", "issue"],
        "start": ["run", "serve"], "mv": ["rename"],
    ]

    /// `--database FILE user list`: the option stands behind its command. Nil for an option of the program itself.
    private static func sentence(
        aboutOptionInFront arguments: [String], of root: any ParsableCommand.Type
    ) -> String? {
        guard let first = arguments.first, first.hasPrefix("-"), !root.configuration.subcommands.isEmpty else {
            return nil
        }
        let name = String(first.prefix { $0 != "=" })
        let own = ["--version", "--help"]
        if own.contains(name) || ["-h", "--help-hidden"].contains(name) { return nil }
        if let near = name.lowercased() == "-v" ? own[0] : Spelling.suggestion(for: name, among: own) {
            return "`\(root.commandWord)` has no option `\(name.printable())`. Did you mean "
                + "`\(root.commandWord) \(near)`?"
        }
        let words = root.configuration.subcommands.flatMap { $0.words }
        guard let command = arguments.firstIndex(where: words.contains) else {
            // A value of the option, and perhaps a misspelt command.
            return arguments.count < 3
                ? nil
                : "`\(name.printable())` stands before the command. Write the command first. All commands: "
                    + "\(root.commandWord) --help"
        }
        let line = [root.commandWord] + arguments[command...] + arguments[..<command]
        return "`\(name.printable())` stands before the command. Write: "
            + line.map(\.quotedForShell).joined(separator: " ").printable(scalars: 1000)
    }

    /// The commands with this name, such as `outbox list` for `list`.
    private static func elsewhere(
        _ word: String, below command: any ParsableCommand.Type, path: [String]
    ) -> [String] {
        command.configuration.subcommands.flatMap { next -> [String] in
            if next.words.contains(word) { return [(path + [word]).joined(separator: " ")] }
            return elsewhere(word, below: next, path: path + [next.commandWord])
        }
    }
}

extension ParsableCommand {
    /// The word that chooses the command.
    static var commandWord: String { configuration.commandName ?? "\(self)".lowercased() }
    static var words: [String] { [commandWord] + configuration.aliases }
}
