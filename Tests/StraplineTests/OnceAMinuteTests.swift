import Testing

@testable import strapline

@Suite struct OnceAMinuteTests {
    @Test func count_withinTheMinute_isSavedUpForTheNextTime() {
        var malformed = OnceAMinute()
        #expect(malformed.count(atBootMilliseconds: 1_000) == 1)
        #expect(malformed.count(atBootMilliseconds: 2_000) == nil)
        #expect(malformed.count(atBootMilliseconds: 60_999) == nil)
        #expect(malformed.count(atBootMilliseconds: 61_000) == 3)
    }
}
