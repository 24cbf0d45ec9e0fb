import ArgumentParser
import Console
import Testing

@testable import strapline

@Suite struct UnknownOptionTests {
    private func unknown(_ line: String) -> UnknownOption? {
        UnknownOption(in: line.split(separator: " ").map(String.init), of: Strapline.self)
    }

    /// Another mistake hides each of them from ArgumentParser.
    @Test(arguments: [
        ("setup --too pulsoid", "--to"), ("setup --strapp anna=C4:11:22:33:44:55 --yes", "--strap"),
        ("export --sice yesterday", "--since"), ("session export --fomat fit 1", "--format"),
        ("session list --unitl today", "--until"), ("outbox show --jsn", "--json"),
        ("outbox retry --destinaton pulsoid", "--destination"), ("simulate --adress http://hub", "--address"),
        ("replay --as-nwo", "--as-now"), ("strap rename --confg=a.yaml", "--config"), ("login --strp anna", "--strap"),
        ("setup --hlep pair", "--help"),
    ])
    func misspeltOption_isAnsweredWithTheOneThatIsMeant(line: String, option: String) throws {
        let message = try #require(unknown(line)).message(insteadOf: "Error: Missing\nHelp: x\nUsage: a\n  See b")
        #expect(message.hasPrefix("Error: Unknown option '--"), "\(message)")
        #expect(message.hasSuffix("'. Did you mean '\(option)'?\nUsage: a\n  See b"), "\(message)")
    }

    @Test(arguments: [
        "status --json", "export --since --until", "check -- --odd", "setup --strap=anna=C4:11:22:33:44:55",
        "--version",
        "login pulsoid --scope a --scope b", "setup --token-file --odd --yes", "--generate-completion-script bash",
        "login --config some.yaml",
    ])
    func knownOption_isNone(line: String) { #expect(unknown(line) == nil) }

    @Test func optionThatIsLikeNone_isNamedAlone() throws {
        let message = try #require(unknown("setup --frobnicate x")).message(insteadOf: "")
        #expect(message == "Error: Unknown option '--frobnicate'")
    }
}
