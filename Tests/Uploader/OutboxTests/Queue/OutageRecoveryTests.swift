import Testing

@testable import Outbox

@Suite struct OutageRecoveryTests {
    private let error = OutboxError(.diskFull, path: "/o.sqlite", detail: "full")
    private var recovery = OutageRecovery(fault: nil, atMilliseconds: 0)

    @Test mutating func outage_thatBeginsAgainWithinAMinute_isReportedOnce() {
        let reports = ([0, 59_999, 60_000] as [Int64]).map { now in
            recovery.end()
            return recovery.begin(error, atMilliseconds: now)
        }
        #expect(reports == [true, false, true])
    }

    @Test mutating func retry_waitsLongerEachTime_upToALimit() {
        let before = recovery.nextWait()
        _ = recovery.begin(error, atMilliseconds: 0)
        var waits: [Duration] = []
        for _ in 0..<6 { if let wait = recovery.nextWait() { waits.append(wait) } }
        #expect(waits == [1, 2, 4, 8, 10, 10].map(Duration.seconds))
        recovery.end()
        let after = recovery.nextWait()
        #expect(before == nil && after == nil)
    }

    @Test mutating func failure_isNews_whenItsReasonIsAnother() {
        _ = recovery.begin(error, atMilliseconds: 0)
        let same = recovery.fail(error)
        let other = recovery.fail(OutboxError(.readOnlyDisk, path: "/o.sqlite", detail: "read-only"))
        #expect(!same.isNews && other.isNews)
    }

    @Test mutating func refusals_beyondTheLimit_areNotHeld() {
        let refusal = OutageRecovery.Refusal(
            ids: [1], lane: Lane(strap: "a", destination: "b"), reason: "no", atMilliseconds: 0)
        let held = (0...OutageRecovery.heldRefusalLimit).map { _ in recovery.hold(refusal) }
        #expect(held.count { $0 } == OutageRecovery.heldRefusalLimit && held.last == false)
        recovery.removeFirstRefusal()
        let isHeld = recovery.hold(refusal)
        #expect(isHeld)
    }

    @Test mutating func file_isLookedForEveryTenSeconds_butNotInAnOutage() {
        let looks = [9_999, 10_000, 10_001].map { recovery.isTimeToLook(atMilliseconds: $0) }
        #expect(looks == [false, true, false])
        _ = recovery.begin(error, atMilliseconds: 0)
        let looksInOutage = recovery.isTimeToLook(atMilliseconds: 50_000)
        #expect(!looksInOutage)
    }

    @Test mutating func damagedFile_isMovedAsideOnceInTenMinutes() {
        let moves = [0, 599_999, 600_000].map { recovery.mayMoveAside(atMilliseconds: $0) }
        #expect(moves == [true, false, true])
    }

    @Test func lostReadings_areCountedInTheFileOnce() {
        var lost = LostReadings()
        lost.add(awaited: 3, passed: 2)
        lost.addCounted()
        #expect(lost.total == 6 && lost.uncounted.awaited == 3 && lost.uncounted.passed == 2)
        lost.markCounted()
        lost.add(awaited: 1, passed: 0)
        #expect(lost.awaited == 5 && lost.uncounted.awaited == 1 && lost.uncounted.passed == 0)
    }
}
