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
        ("login pulsiod", "`strapline login pulsoid`"), ("login hbu", "`strapline login hub`"),
        ("hub", "`strapline login hub`"), ("version", "`strapline --version`"),
        ("--verison", "`strapline --version`"), ("-V", "`strapline --version`"), ("--hlep", "`strapline --help`"),
        ("outbox help", "`strapline help outbox`"), ("strap rm anna", "`strapline strap remove`"),
        ("outbox ls", "`strapline outbox list`"), ("start", "`strapline run`"),
    ])
    func misspeltCommand_isAnsweredWithTheOneThatIsMeant(line: String, suggestion: String) throws {
        let unknown = try #require(UnknownCommand(in: line.split(separator: " ").map(String.init), of: Strapline.self))
        #expect(unknown.description.contains("Did you mean \(suggestion)?"), "\(unknown.description)")
        #expect(unknown.exitCode == .validationFailure)
    }

    @Test(arguments: [
        (["--config", "my file.yaml", "status"], "strapline status --config 'my file.yaml'"),
        (["--outbox=o.sqlite", "outbox", "list"], "strapline outbox list --outbox=o.sqlite"),
        (["--json", "status", "--watch"], "strapline status --watch --json"),
    ])
    func optionBeforeTheCommand_isAnsweredWithTheLine(arguments: [String], line: String) throws {
        let unknown = try #require(UnknownCommand(in: arguments, of: Strapline.self))
        #expect(unknown.description.hasSuffix("stands before the command. Write: \(line)"), "\(unknown.description)")
    }

    @Test func optionBeforeAMisspeltCommand_isAnsweredToo() throws {
        let unknown = try #require(UnknownCommand(in: ["--config", "a.yaml", "statuss"], of: Strapline.self))
        #expect(unknown.description.contains("Write the command first."), "\(unknown.description)")
    }

    @Test func wordThatIsLikeNone_isAnsweredWithTheList() throws {
        let unknown = try #require(UnknownCommand(in: ["frobnicate"], of: Strapline.self))
        #expect(unknown.description == "`strapline` has no command `frobnicate`. All commands: strapline --help")
    }

    @Test(arguments: [
        "", "--help-hidden", "--generate-completion-script bash", "status", "status --json", "outbox list", "--version",
        "help status", "check some.yaml", "--staus",
        "login", "login pulsoid", "login hub", "login some.yaml", "login --config some.yaml",
    ])
    func knownCommand_isNone(line: String) {
        #expect(UnknownCommand(in: line.split(separator: " ").map(String.init), of: Strapline.self) == nil)
    }
}
