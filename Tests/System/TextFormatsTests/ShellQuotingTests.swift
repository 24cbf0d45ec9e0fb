import Testing
import TextFormats

@Suite struct ShellQuotingTests {
    @Test(arguments: [
        ("anna", "anna"), ("/etc/a.yaml", "/etc/a.yaml"), ("Zoë B", "'Zoë B'"), ("", "''"), ("it's", #"'it'\''s'"#),
        ("a;b", "'a;b'"), ("$HOME", "'$HOME'"),
    ])
    func word_isOneWordOfAShell(text: String, quoted: String) {
        #expect(text.quotedForShell == quoted)
    }
}
