import Console
import HeartRate
import Outbox
import Testing

@testable import strapline

@Suite struct SetAsideTableTests {
    private func entry(
        refusals: Int = 1, isRequeued: Bool = false, reason: String = "measured_at is odd"
    ) -> DeadLetter {
        DeadLetter(
            entry: OutboxEntry(
                id: 42,
                reading: Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 72),
                    measuredAtMilliseconds: 1_767_225_600_000, bootMilliseconds: 0)),
            lane: Lane(strap: "chest", destination: "pulsoid"), reason: reason,
            setAsideAtMilliseconds: 1_767_225_601_000, refusals: refusals, isRequeued: isRequeued)
    }

    @Test func table_saysWhatWasRefused_andWhatHappensNext() {
        let time = WallTime.dateAndTime(ofMilliseconds: 1_767_225_600_000)
        let long = String(repeating: "x", count: 110)
        #expect(
            SetAsideTable.lines(of: [entry(), entry(refusals: 2, isRequeued: true, reason: long + "\u{1B}[2J")]) == [
                "ID  STRAP  DESTINATION  HEART RATE  MEASURED             STATE      REFUSED  REASON",
                "42  chest  pulsoid      72 bpm      \(time)  set aside  once     measured_at is odd",
                "42  chest  pulsoid      72 bpm      \(time)  put back   2 times  \(long.prefix(100))…",
            ])
    }

    @Test func table_ofNothing_saysSo() {
        #expect(SetAsideTable.lines(of: []) == ["Nothing is set aside."])
    }

    @Test func reading_isShownWithAllOfTheReason() {
        let long = String(repeating: "x", count: 300)
        let record = ReadingRecord(
            entry: entry().entry, isClockTrusted: false,
            lanes: [
                .init(
                    lane: Lane(strap: "chest", destination: "cardiogram"), isDeclared: true, isPassed: false,
                    setAside: nil),
                .init(
                    lane: Lane(strap: "chest", destination: "pulsoid"), isDeclared: true, isPassed: true,
                    setAside: entry(refusals: 2, reason: long + "\u{1B}[2J")),
            ])
        let times = [1_767_225_600_000, 1_767_225_601_000].map { WallTime.dateAndTime(ofMilliseconds: $0) }
        #expect(
            ReadingDescription.lines(of: record, nowMilliseconds: 1_767_225_610_000) == [
                "reading 42 of chest: 72 bpm; contact unsupported",
                "measured \(times[0]), 10 s ago (the machine's clock was not set: it may be wrong)",
                "cardiogram: waits to be sent",
                "pulsoid: set aside: strapline outbox retry sends it once more",
                "  refused 2 times, \(times[1]), 9 s ago:",
                "  \(long) [2J",
            ])
    }

    @Test func record_isOneLineOfJSON() throws {
        #expect(
            try SetAsideRecord(entry()).jsonLine()
                == #"{"bpm":72,"destination":"pulsoid","id":42,"measured_at":"2026-01-01T00:00:00.000Z","#
                + #""measured_at_ms":1767225600000,"reason":"measured_at is odd","refusals":1,"#
                + #""refused_at":"2026-01-01T00:00:01.000Z","refused_at_ms":1767225601000,"state":"set-aside","#
                + #""strap":"chest"}"#)
    }
}
