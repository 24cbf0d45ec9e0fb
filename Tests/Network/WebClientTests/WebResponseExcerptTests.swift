import Testing
import WebClient

@Suite struct WebResponseExcerptTests {
    /// 195 bytes.
    private let words = String(repeating: "word ", count: 39)

    private func excerpt(_ text: String) -> String { WebResponse(status: 400, body: Array(text.utf8)).excerpt }

    @Test func excerpt_ofALongBody_endsWithAWholeWord() {
        #expect(excerpt(words + "abcde") == words + "abcde")
        #expect(excerpt(words + "abcdefgh") == words.dropLast())
        #expect(excerpt(words + "abcd,efgh") == words + "abcd,")
        #expect(excerpt(#"{"token":""# + String(repeating: "x", count: 200)) == #"{"token":""#)
        #expect(excerpt(String(repeating: "x", count: 201)).isEmpty)
    }

    @Test func excerpt_ofALanguageWithoutSpaces_isCutWhereItIs() {
        #expect(excerpt(String(repeating: "é", count: 150)) == String(repeating: "é", count: 100))
    }
}
