import HubAPI
import HubStore
import Testing

@testable import HubServer

/// Local days from the browser's offsets, calendars and mornings.
struct LocalDayTests {
    /// 29 March 2026, 01:00 UTC: summer time begins in Berlin.
    private static let change: Int64 = 1_774_746_000_000
    private static let berlin = "60,\(change):120"

    @Test func offset_holdsUntilTheNextChange() throws {
        let offsets = try #require(LocalOffsets(Self.berlin))
        #expect(offsets.seconds(at: 0) == 3600)
        #expect(offsets.seconds(at: Self.change - 1) == 3600)
        #expect(offsets.seconds(at: Self.change) == 7200)
        #expect(offsets.hour(at: Self.change - 1_800_000) == 1.5)
        #expect(offsets.hour(at: Self.change) == 3)
        #expect(LocalOffsets.date(ofDay: offsets.day(at: Self.change)) == "2026-03-29")
        #expect(LocalOffsets.date(ofDay: offsets.day(at: Self.change + 22 * 3_600_000)) == "2026-03-30")
        #expect(LocalOffsets.utc.seconds(at: Self.change) == 0)
    }

    @Test(arguments: ["0", "-210", "840", "60,1:120", "0,1:60,2:0"]) func offset_ofAZone_isTaken(text: String) {
        #expect(LocalOffsets(text) != nil)
    }

    @Test(arguments: [
        "", "x", "1.5", "1081", "-1081", "60,", "60,120", "60,5:120,4:60", "60,5:120,5:60", "60,1:2:3", "+1:00",
        Array(repeating: "0", count: 20).joined(separator: ","),
        "0," + (1...20).map { "\($0):60" }.joined(separator: ","),
    ])
    func offset_ofAnotherForm_isRefused(text: String) {
        #expect(LocalOffsets(text) == nil)
    }

    private func slot(_ at: Int64, rate: Int = 60, readings: Int = 300, intervals: Int = 0) -> ReadingSlot {
        let number = ReadingSlot.number(ofMilliseconds: at)
        let start = number * ReadingSlot.milliseconds
        return ReadingSlot(
            number: number, firstMilliseconds: start, lastMilliseconds: start + 299_000, readings: readings,
            rateSum: Int64(rate * readings), lowestRate: rate - 5, highestRate: rate + 5, minuteBits: 31,
            intervals: intervals)
    }

    @Test func calendar_countsMinutesByLocalDay_andASessionOnTheDayOfItsBeginning() throws {
        let offsets = try #require(LocalOffsets("60"))
        // 23:30 to 00:30 local time; then one more at 12:00.
        let evening: Int64 = 1_767_306_600_000
        var builder = CalendarBuilder(offsets)
        for index in 0..<12 { builder.take(slot(evening + Int64(index) * 300_000, rate: 60 + index)) }
        builder.take(slot(evening + 45_000_000, rate: 100))
        let days: [HubCalendar.Day] = [
            HubCalendar.Day(date: "2026-01-01", minutes: 30, sessions: 1, averageBPM: 62.5, highestBPM: 70),
            HubCalendar.Day(date: "2026-01-02", minutes: 35, sessions: 1, averageBPM: 73, highestBPM: 105),
        ]
        #expect(builder.calendar().days == days)
        #expect(CalendarBuilder(offsets).calendar().days.isEmpty)
    }

    @Test func calendar_ofATimeThatBeginsInASession_doesNotCountItAgain() {
        var builder = CalendarBuilder(.utc)
        builder.take(slot(86_100_000), isCounted: false)
        builder.take(slot(86_400_000))
        #expect(builder.calendar().days.map(\.sessions) == [0])
        #expect(builder.calendar().days.map(\.minutes) == [5])
    }

    @Test func morning_isTheCalmestFiveMinutesWithIntervals() {
        let hour: Int64 = 3_600_000
        let slots = [
            slot(3 * hour, rate: 40, intervals: 300),  // Before the window.
            slot(5 * hour, rate: 58, intervals: 300), slot(6 * hour, rate: 50, intervals: 49),
            slot(7 * hour, rate: 52, intervals: 250), slot(8 * hour, rate: 52, intervals: 250),
            slot(10 * hour, rate: 41, intervals: 300),  // After it.
            slot(31 * hour, rate: 47, intervals: 0),
            slot(55 * hour, rate: 61, intervals: 50),
        ]
        let calmest = MorningWindow.usual.calmest(of: slots, .utc)
        #expect(calmest.map(\.startMilliseconds) == [7 * hour, 55 * hour])
        #expect(MorningWindow(hours: 0..<24).calmest(of: slots, .utc).first?.startMilliseconds == 3 * hour)
    }

    @Test(arguments: ["4-10", "0-24", "23-24"]) func window_ofTwoHours_isTaken(text: String) {
        #expect(MorningWindow(text) != nil)
    }

    @Test(arguments: ["", "4", "10-4", "4-4", "4-25", "-1-4", "4-10-12", "a-b", "4.5-10"])
    func window_ofAnotherForm_isRefused(text: String) {
        #expect(MorningWindow(text) == nil)
    }

    @Test func curve_ofALongSession_hasFewPoints_andTheTimeAtEachRate() {
        let slots = (0..<1000).map { slot(Int64($0) * 300_000, rate: 60 + $0 % 2 * 20) }
        let curve = SlotCurve(slots, points: 100)
        #expect(curve.resolutionSeconds == 3000)
        #expect(curve.points.count == 100)
        #expect(curve.points.map(\.count).reduce(0, +) == 300_000)
        #expect(curve.points.allSatisfy { $0.minimumBPM == 55 && $0.averageBPM == 70 && $0.maximumBPM == 85 })
        #expect(curve.rateTimes == [60: 150_000_000, 80: 150_000_000])
        #expect(SlotCurve([], points: 10).points.isEmpty)
    }
}
