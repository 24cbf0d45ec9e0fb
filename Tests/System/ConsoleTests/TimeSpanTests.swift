import Testing

@testable import Console

@Suite struct TimeSpanTests {
    @Test(arguments: [("90s", 90), ("15m", 900), ("2h", 7_200), ("30d", 2_592_000)])
    func span_withItsUnit_isRead(text: String, seconds: Int64) {
        #expect(TimeSpan(argument: text)?.duration == .seconds(seconds))
    }

    @Test(arguments: ["", "s", "60", "0s", "-5s", "1.5h", "5 s", "5w", "9223372036854775807d", "99999999d"])
    func span_thatIsNone_isRefused(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }
}
