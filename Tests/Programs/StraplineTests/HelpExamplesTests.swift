import ArgumentParser
import Testing

@testable import strapline

/// The help has commands that can be pasted: each on one line of a terminal with 80 columns.
@Suite struct HelpExamplesTests {
    private static func commands(of command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap { commands(of: $0) }
    }

    @Test func examples_standOnOneLine() {
        var examples = 0
        for command in Self.commands(of: Strapline.self) {
            let help = Strapline.helpMessage(for: command, columns: 80).split(separator: "\n").map {
                $0.drop { $0 == " " }
            }
            let lines = command.configuration.discussion.split(separator: "\n").map { $0.drop { $0 == " " } }
            for line in lines where line.hasPrefix("strapline ") {
                #expect(help.contains(line), "\(line)")
                examples += 1
            }
        }
        #expect(examples > 8)
    }

    @Test func help_hasGroups() {
        let help = Strapline.helpMessage(columns: 80).lowercased()
        for group in ["start", "uploader", "straps", "your readings", "live"] {
            #expect(help.contains("\(group) subcommands"), "\(help)")
        }
    }
}
