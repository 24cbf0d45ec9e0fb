import TestKit
import Testing
import Timing

@testable import Outbox

@Suite(.timeLimit(.minutes(10)))
struct OutboxBacklogTests {
    let fixture = OutboxFixture()
    private let day: Int64 = 86_400_000

    /// Readings 60, 61, … one each 250 ms, of whole seconds.
    private func append(_ count: Int, to outbox: Outbox) async throws {
        for number in 0..<count {
            try await outbox.append(fixture.reading(UInt16(60 + number % 100)))
            fixture.time.advance(milliseconds: 250)
        }
    }

    private func deferBacklog(_ outbox: Outbox, done: [Int64] = [], keepTogether: Int64 = 0) async throws -> Int64 {
        try await outbox.deferBacklog(
            in: pulsoid, unlessAtMost: 1, done: done, keepTogetherMilliseconds: keepTogether)
    }

    private func nextBackfill(
        _ outbox: Outbox, readings: Int = 1000, maximumAge: Duration? = nil, keepTogether: Int64 = 0
    ) async throws -> BackfillRange? {
        try await outbox.nextBackfill(
            in: pulsoid, readings: readings, maximumAge: maximumAge, keepTogetherMilliseconds: keepTogether
        ).range
    }

    private func ids(_ range: BackfillRange, _ outbox: Outbox) async throws -> [Int64] {
        try await outbox.entries(of: range, in: pulsoid, after: range.after, limit: 1000).entries.map(\.id)
    }

    private func waiting() async throws -> Int? {
        try await OutboxReader(path: fixture.path).statistics().lanes.first?.waiting
    }

    // MARK: Gaps

    @Test func backlog_whenLeftBehind_waitsAsAGap_alsoAfterACrash() async throws {
        var outbox = try fixture.open()
        try await append(10, to: outbox)
        #expect(try await deferBacklog(outbox) == 9)
        #expect(try await outbox.cursor(of: pulsoid) == 9)
        #expect(try await waiting() == 10)
        var range = try #require(try await nextBackfill(outbox))
        #expect(try await ids(range, outbox) == Array(1...9))
        try await outbox.advance(range, through: 4)
        try await outbox.close()
        outbox = try fixture.open()
        #expect(try await waiting() == 6)
        range = try #require(try await nextBackfill(outbox))
        #expect(try await ids(range, outbox) == Array(5...9))
        try await outbox.advance(range, through: range.last)
        #expect(try await nextBackfill(outbox) == nil)
        #expect(try await waiting() == 1)
    }

    @Test func backlog_ofOneRequest_isNotLeftBehind() async throws {
        let outbox = try fixture.open()
        #expect(try await deferBacklog(outbox) == 0)
        try await append(1, to: outbox)
        #expect(try await deferBacklog(outbox) == 0)
        #expect(try await nextBackfill(outbox) == nil)
    }

    @Test func backlog_whenLeftBehind_leavesOutWhatIsDone() async throws {
        let outbox = try fixture.open()
        try await append(10, to: outbox)
        #expect(try await deferBacklog(outbox, done: [2, 3, 6]) == 9)
        var found: [[Int64]] = []
        while let range = try await nextBackfill(outbox) {
            found.append(try await ids(range, outbox))
            try await outbox.advance(range, through: range.last)
        }
        #expect(found == [[7, 8, 9], [4, 5], [1]], "the newest first")
    }

    @Test func outage_thatIsTriedAgainAndAgain_makesOneGap() async throws {
        let outbox = try fixture.open()
        for _ in 1...5 {
            try await append(4, to: outbox)
            _ = try await deferBacklog(outbox)
        }
        let range = try #require(try await nextBackfill(outbox))
        #expect(try await ids(range, outbox) == Array(1...19))
    }

    @Test func gap_thatGrowsWhileItIsSent_keepsWhatIsNew() async throws {
        let outbox = try fixture.open()
        try await append(4, to: outbox)
        _ = try await deferBacklog(outbox)
        let range = try #require(try await nextBackfill(outbox))
        try await append(4, to: outbox)
        _ = try await deferBacklog(outbox)
        try await outbox.advance(range, through: range.last)
        let rest = try #require(try await nextBackfill(outbox))
        #expect(try await ids(rest, outbox) == Array(4...7))
    }

    @Test func gap_isTakenFromItsTop_andItsPiecesPartNoSecond() async throws {
        let outbox = try fixture.open()
        try await append(22, to: outbox)
        #expect(try await deferBacklog(outbox, keepTogether: 1000) == 20, "21 and 22 are of one second")
        let range = try #require(try await nextBackfill(outbox, readings: 6, keepTogether: 1000))
        #expect(try await ids(range, outbox) == Array(13...20), "two whole seconds for six readings")
        #expect(try await waiting() == 22)
        let again = try #require(try await nextBackfill(outbox, readings: 6, keepTogether: 1000))
        #expect(again == range, "a piece stays one")
    }

    @Test func reading_inAGap_isKept_andNotPassed() async throws {
        let outbox = try fixture.open()
        try await append(5, to: outbox)
        _ = try await deferBacklog(outbox)
        fixture.time.advance(milliseconds: 31 * day)
        try await append(1, to: outbox)
        try await outbox.acknowledge(pulsoid, through: 6)
        try await outbox.prune()
        let reader = try OutboxReader(path: fixture.path)
        #expect(try await reader.record(of: 2)?.lanes.map(\.isPassed) == [false])
        #expect(try await reader.record(of: 5) == nil, "delivered and expired")
        #expect(try await waiting() == 4)
        let range = try #require(try await nextBackfill(outbox))
        try await outbox.advance(range, through: 2)
        #expect(try await reader.record(of: 2)?.lanes.map(\.isPassed) == [true])
        try await outbox.prune()
        #expect(try await reader.record(of: 2) == nil)
        #expect(try await reader.record(of: 3) != nil)
    }

    @Test func gap_ofALaneThatIsNotDeclared_holdsNothingBack() async throws {
        let outbox = try fixture.open()
        try await append(5, to: outbox)
        _ = try await deferBacklog(outbox)
        try await outbox.close()
        fixture.time.advance(milliseconds: 31 * day)
        let other = try fixture.open(lanes: [cardiogram])
        try await other.prune()
        try await other.close()
        let back = try fixture.open()
        let range = try #require(try await nextBackfill(back))
        #expect(try await ids(range, back).isEmpty, "they have left; its delivery passes the range")
        #expect(try await waiting() == 1)
    }

    @Test func gap_whenTheOutboxIsFull_losesItsOldest_andTheyAreCounted() async throws {
        let outbox = try fixture.open(options: OutboxOptions(sizeLimitBytes: 60_000))
        try await outbox.append((0..<3000).map { fixture.reading(UInt16($0 % 200 + 30)) })
        _ = try await deferBacklog(outbox)
        try await outbox.acknowledge(pulsoid, through: 3000)
        try await outbox.prune()
        let statistics = try await outbox.statistics()
        #expect(statistics.dropped > 0)
        #expect(statistics.lanes.first?.waiting == 2999 - Int(statistics.dropped))
    }

    @Test func gap_whileTheClockIsWrong_waits() async throws {
        try await fixture.open().close()
        let outbox = try fixture.open(time: ManualTime(bootID: "boot-2", isTrusted: false))
        try await append(5, to: outbox)
        _ = try await deferBacklog(outbox)
        #expect(try await nextBackfill(outbox) == nil)
        #expect(try await waiting() == 5)
    }

    // MARK: Age

    private func skipExpired(_ outbox: Outbox, keepTogether: Int64 = 0) async throws -> Int {
        try await outbox.skipExpired(in: pulsoid, olderThan: .seconds(60), keepTogetherMilliseconds: keepTogether)
    }

    @Test func tooOld_isPassedOver_countedForGood_andStaysInTheHistory() async throws {
        let outbox = try fixture.open()
        try await append(8, to: outbox)
        fixture.time.advance(milliseconds: 59_000)
        // The oldest is 61 s old, the next one 60.75 s, …
        #expect(try await skipExpired(outbox) == 4, "the fifth is as old as the limit")
        #expect(try await outbox.rates(of: pulsoid) == [64, 65, 66, 67])
        #expect(try await skipExpired(outbox) == 0)
        try await outbox.close()
        let lane = try #require(try await OutboxReader(path: fixture.path).statistics().lanes.first)
        #expect(lane.expired == 4 && lane.waiting == 4)
        #expect(try await OutboxReader(path: fixture.path).history(after: 0)?.entries.count == 8)
    }

    @Test func tooOld_whenKeptTogether_isJudgedBySeconds() async throws {
        let outbox = try fixture.open()
        try await append(8, to: outbox)
        fixture.time.advance(milliseconds: 60_000 - 500)
        #expect(try await skipExpired(outbox, keepTogether: 1000) == 4, "of the second second the end is not too old")
    }

    @Test func tooOld_ofAnEarlierBoot_isTold_byWallTime_whereTheClockWasRightThenAndIsNow() async throws {
        let wrong = ManualTime(bootID: "boot-0", isTrusted: false)
        var outbox = try fixture.open(time: wrong)
        try await append(1, to: outbox)
        try await outbox.close()
        outbox = try fixture.open()
        try await append(2, to: outbox)
        try await outbox.close()
        let later = fixture.time.now().wallMilliseconds + 3_600_000
        let untrusted = ManualTime(
            wallMilliseconds: later, bootMilliseconds: 1000, bootID: "boot-2", isTrusted: false)
        outbox = try fixture.open(time: untrusted)
        #expect(try await skipExpired(outbox) == 0, "the clock is wrong now")
        try await outbox.close()
        outbox = try fixture.open(
            time: ManualTime(wallMilliseconds: later, bootMilliseconds: 1000, bootID: "boot-3"))
        #expect(try await skipExpired(outbox) == 0, "the first was stamped by a wrong clock: its age is unknown")
        try await outbox.acknowledge(pulsoid, through: 1)
        let ages = try await outbox.entries(of: pulsoid, after: 0, limit: 9).entries.map(\.ageClock)
        #expect(ages == [.none, .wall, .wall])
        #expect(try await skipExpired(outbox) == 2)
    }

    @Test func gap_whenTooOld_isPassedOverFromItsBottom() async throws {
        let outbox = try fixture.open()
        try await append(400, to: outbox)
        _ = try await deferBacklog(outbox)
        // 100 s were appended: those of the last 60 s are young enough.
        let range = try #require(try await nextBackfill(outbox, maximumAge: .seconds(60)))
        #expect(try await ids(range, outbox) == Array(161...399))
        fixture.time.advance(milliseconds: 61_000)
        #expect(try await nextBackfill(outbox, maximumAge: .seconds(60)) == nil)
        let lane = try #require(try await outbox.statistics().lanes.first)
        #expect(lane.expired == 399 && lane.waiting == 1)
    }

    @Test func append_whileMuchIsPassedOver_neverWaitsForAll() async throws {
        let outbox = try fixture.open()
        let reading = fixture.reading(60)
        for _ in 1...10 { try await outbox.append(Array(repeating: reading, count: 20_000)) }
        fixture.time.advance(milliseconds: 3_600_000)
        async let passed = skipExpired(outbox)
        let id = try await outbox.append(fixture.reading(61))
        #expect(id == 200_001)
        #expect(try await passed == 200_000)
        #expect(try await outbox.rates(of: pulsoid) == [61])
    }
}
