import Testing
import TextFormats

struct PrintableTextTests {
    @Test(arguments: [
        ("HR\n2026-11-28 error: token revoked", "HR 2026-11-28 error: token revoked"),
        ("\u{1b}]0;title\u{7}red\u{9b}31m", "]0;title red 31m"),
        ("a\u{202e}b\u{2066}c\u{200b}d\u{200f}e", "a b c d e"),
        ("x\u{2028}y\u{2029}z\u{85}w", "x y z w"),
        ("  two   words\t ", "two words"),
        ("Jürgen ♥ 心拍", "Jürgen ♥ 心拍"),
        ("\u{feff}\u{e0041}\u{e000}", ""),
        ("", ""),
    ])
    func printable_whateverComesFromOutside_isOneSafeLine(text: String, line: String) {
        #expect(text.printable() == line)
        #expect(line.isPrintable())
    }

    @Test
    func printable_whenOneCharacterHasThousandsOfMarks_countsScalars() {
        let text = "a" + String(repeating: "\u{301}", count: 5000)
        #expect(text.count == 1)
        #expect(text.printable(scalars: 64).unicodeScalars.count == 64)
        #expect(!text.isPrintable())
    }
}
