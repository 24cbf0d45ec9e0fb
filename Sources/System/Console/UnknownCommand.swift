package import ArgumentParser
import TextFormats

/// A word in the place of a command that is no command, with the commands that may be meant.
package struct UnknownCommand: CommandFailure, Equatable {
    package let description: String
    package var exitCode: ExitCode { .validationFailure }

    /// Nil if every word in the place of a command is one. `arguments` lack the name of the program.
    package init?(in arguments: [String], of root: any ParsableCommand.Type) {
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
        let near = Spelling.suggestion(for: word, among: known.map { $0.commandWord })
        if let near, near != word { meant.insert("\(parent) \(near)", at: 0) }
        let question = meant.isEmpty ? "" : " Did you mean " + meant.map { "`\($0)`" }.joined(separator: " or ") + "?"
        return "`\(parent)` has no command `\(word.printable())`.\(question) All commands: \(parent) --help"
    }

    /// The commands with this name, such as `outbox list` for `list`.
    private static func elsewhere(
        _ word: String, below command: any ParsableCommand.Type, path: [String]
    ) -> [String] {
        command.configuration.subcommands.flatMap { next -> [String] in
            let here = path + [next.commandWord]
            if next.words.contains(word) { return [here.joined(separator: " ")] }
            return elsewhere(word, below: next, path: here)
        }
    }
}

extension ParsableCommand {
    /// The word that chooses the command.
    fileprivate static var commandWord: String { configuration.commandName ?? "\(self)".lowercased() }
    fileprivate static var words: [String] { [commandWord] + configuration.aliases }
}
