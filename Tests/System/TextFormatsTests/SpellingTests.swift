import Testing
import TextFormats

@Suite struct SpellingTests {
    @Test(arguments: [
        ("staus", "status"), ("statsu", "status"), ("STATUS", "status"), ("outbx", "outbox"), ("stat", "status"),
        ("outboxes", "outbox"), ("chek", "check"), ("runn", "run"),
    ])
    func suggestion_forATypingError_isTheWordThatIsMeant(typed: String, meant: String) {
        #expect(Spelling.suggestion(for: typed, among: ["run", "status", "check", "outbox", "scan"]) == meant)
    }

    @Test(arguments: ["", "x", "frobnicate", "hello"]) func suggestion_forAnotherWord_isNone(typed: String) {
        #expect(Spelling.suggestion(for: typed, among: ["run", "status", "check", "outbox", "scan"]) == nil)
    }

    @Test(arguments: [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "abc", 0)])
    func distance_countsTheChangesOfLetters(left: String, right: String, distance: Int) {
        #expect(Spelling.distance(left, right) == distance)
        #expect(Spelling.distance(right, left) == distance)
    }
}
