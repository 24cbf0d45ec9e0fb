import HeartRate
import Outbox
import TestKit
import Testing
import Timing

@Suite(.timeLimit(.minutes(10)))
struct HistoryTests {
    let fixture = OutboxFixture()

    private func history(_ selection: History.Selection = .init()) async throws -> [History.Record] {
        let reader = try OutboxReader(path: fixture.path)
        var entries: [History.Record] = []
        var position: Int64 = 0
        while let page = try await reader.history(after: position, selection) {
            #expect(page.entries.count <= 2_000, "memory stays small")
            entries += page.entries
            position = page.examinedThroughID
        }
        return entries
    }

    @Test func history_ofMoreThanAPage_isWholeAndInOrder_besideARunningOutbox() async throws {
        let outbox = try fixture.open()
        let readings = (0..<4_321).map {
            fixture.reading(UInt16($0 % 200), contact: $0 % 3 == 0 ? .notDetected : .detected)
        }
        try await outbox.append(readings)
        let entries = try await history()
        #expect(entries.map(\.entry.id) == Array(1...4_321))
        #expect(entries.map(\.entry.reading) == readings, "also readings without a heart rate")
        try await outbox.close()
    }

    @Test func history_isOfOneStrap_andOfATime() async throws {
        let outbox = try fixture.open()
        let start = fixture.time.now().wallMilliseconds
        for strap in ["chest", "arm", "chest", "arm"] {
            try await outbox.append(fixture.reading(60, strap: strap))
            fixture.time.advance(milliseconds: 1_000)
        }
        #expect(try await history(.init(strap: "arm")).map(\.entry.id) == [2, 4])
        let range = start + 1_000...start + 2_000
        #expect(try await history(.init(measuredAtMilliseconds: range)).map(\.entry.id) == [2, 3])
        #expect(try await history(.init(strap: "leg")).isEmpty)
        try await outbox.close()
    }

    @Test func reading_ofAClockThatWasNeverSet_saysSo() async throws {
        let outbox = try fixture.open(time: ManualTime(isTrusted: false))
        try await outbox.append(fixture.reading(60))
        try await outbox.close()
        let next = try fixture.open(time: ManualTime(bootID: "boot-2"))
        try await next.append(fixture.reading(61))
        #expect(try await history().map(\.isClockTrusted) == [false, true])
        try await next.close()
    }
}
