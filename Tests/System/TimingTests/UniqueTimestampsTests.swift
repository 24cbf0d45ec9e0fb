import Testing
import Timing

@testable import Timing

@Suite struct UniqueTimestampsTests {
    @Test func next_ofMomentsThatCoincide_partsThemByAMillisecond() {
        var moments = UniqueTimestamps()
        let arrivals = [5, 5, 5, 6, 20].map { Moment(wallMilliseconds: 1_000 + $0, bootMilliseconds: $0) }
        let distinct = arrivals.map { moments.next($0) }
        #expect(distinct.map(\.bootMilliseconds) == [5, 6, 7, 8, 20])
        #expect(distinct.map(\.wallMilliseconds) == [1_005, 1_006, 1_007, 1_008, 1_020])
    }

    @Test func next_whenTheClocksChangeMillisecondsAtDifferentInstants_partsThemByBoth() {
        var moments = UniqueTimestamps()
        _ = moments.next(Moment(wallMilliseconds: 50, bootMilliseconds: 100))
        let next = moments.next(Moment(wallMilliseconds: 50, bootMilliseconds: 101))
        #expect(next == Moment(wallMilliseconds: 51, bootMilliseconds: 102))
    }

    @Test func next_whenTheWallClockIsSetBack_followsIt() {
        var moments = UniqueTimestamps()
        _ = moments.next(Moment(wallMilliseconds: 9_000, bootMilliseconds: 1))
        #expect(moments.next(Moment(wallMilliseconds: 4_000, bootMilliseconds: 2)).wallMilliseconds == 4_000)
    }

    /// The kernel shows 23:59:59 twice.
    @Test func next_whenALeapSecondIsInserted_partsTheReadingsOfBothSeconds() {
        var moments = UniqueTimestamps()
        let arrivals = [(59_500, 500), (59_500, 1_500), (60_500, 2_500)].map {
            moments.next(Moment(wallMilliseconds: $0, bootMilliseconds: $1))
        }
        #expect(arrivals.map(\.wallMilliseconds) == [59_500, 59_501, 60_500])
        #expect(arrivals.map(\.bootMilliseconds) == [500, 1_501, 2_500])
    }
}
