import HeartRate
import Outbox
import Testing

@testable import Delivery

@Suite struct RequeuePassTests {
    private func read(_ ids: Int64...) -> LaneEntries {
        let entries = ids.map { id in
            OutboxEntry(
                id: id,
                reading: Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 60), measuredAtMilliseconds: id,
                    bootMilliseconds: id))
        }
        return LaneEntries(entries: entries, reachesNewest: true)
    }

    /// The user may requeue 5 while the pass is at 12: it is not in the pass, so it does not count as delivered.
    @Test func finish_namesWhatWasReadAndNotRefused_andNothingElse() {
        var pass = RequeuePass()
        pass.note(read(3, 7, 12, 20))
        pass.refuse([7])
        #expect(pass.finish(through: 12) == [3, 12])
        #expect(pass.finish(through: 12).isEmpty)
        #expect(pass.finish(through: 30) == [20])
        #expect(pass.deliveredCount == 3)
    }
}
