import ArgumentParser
import Console
import Testing

@testable import strapline

@Suite struct UnknownCommandTests {
    @Test(arguments: [
        ("staus", "`strapline status`"), ("staus --json", "`strapline status`"), ("help staus", "`strapline status`"),
        ("staus --help", "`strapline status`"), ("Doctor", "`strapline doctor`"),
        ("outbox lst", "`strapline outbox list`"),
        ("retry", "`strapline session retry` or `strapline outbox retry`"),
        ("energy rest anna", "`strapline energy reset`"),
        ("login pulsiod", "`strapline login pulsoid`"),
    ])
    func misspeltCommand_isAnsweredWithTheOneThatIsMeant(line: String, suggestion: String) throws {
        let unknown = try #require(UnknownCommand(in: line.split(separator: " ").map(String.init), of: Strapline.self))
        #expect(unknown.description.contains("Did you mean \(suggestion)?"), "\(unknown.description)")
        #expect(unknown.exitCode == .validationFailure)
    }

    @Test func wordThatIsLikeNone_isAnsweredWithTheList() throws {
        let unknown = try #require(UnknownCommand(in: ["frobnicate"], of: Strapline.self))
        #expect(unknown.description == "`strapline` has no command `frobnicate`. All commands: strapline --help")
    }

    @Test(arguments: [
        "", "status", "status --json", "outbox list", "--version", "help status", "check some.yaml", "--staus",
        "login", "login pulsoid", "login hub", "login some.yaml", "login --config some.yaml",
    ])
    func knownCommand_isNone(line: String) {
        #expect(UnknownCommand(in: line.split(separator: " ").map(String.init), of: Strapline.self) == nil)
    }
}
