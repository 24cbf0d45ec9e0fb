import ArgumentParser
import Console
import Testing

@Suite struct UnknownValueTests {
    private enum Colour: String, CaseIterable, ExpressibleByArgument {
        case red, green, blue, cyan, magenta, yellow, black
    }
    private enum Side: String, CaseIterable, ExpressibleByArgument { case left, right }

    private struct Paint: ParsableCommand {
        @Option var colour: Colour?
        @Option var side: Side?
        @Argument var more: [Colour] = []
    }

    private func message(_ line: String) -> String {
        do {
            _ = try Paint.parse(line.split(separator: " ").map(String.init))
            return ""
        } catch {
            return UnknownValue.message(Paint.fullMessage(for: error))
        }
    }

    @Test(arguments: [
        ("--colour gren", "green"), ("--colour RED", "red"), ("--side rihgt", "right"), ("--side Left", "left"),
        ("mag", "magenta"), ("black yelow", "yellow"),
    ])
    func misspeltValue_isAnsweredWithTheOneThatIsMeant(line: String, value: String) {
        let message = message(line)
        #expect(message.contains(". Did you mean '\(value)'? Please provide one of"), "\(message)")
        #expect(message.contains("Usage: "), "\(message)")
    }

    @Test(arguments: ["--colour transparent", "--side up", "--colour"])
    func anotherMistake_isLeftAsItIs(line: String) {
        #expect(!message(line).contains("Did you mean"), "\(message(line))")
    }

    /// Such as several destinations for `verify`. The usage of the whole program would not help.
    @Test func mistakeThatARunningCommandFinds_isAnsweredWithoutAUsage() throws {
        #expect(Paint.runMessage(for: ValidationError("Name a colour.")) == "Paint: Name a colour.")
        let wrongLine = try #require(throws: (any Error).self) { try Paint.parse(["--colour", "gren"]) }
        #expect(Paint.runMessage(for: wrongLine) == nil)
    }
}
