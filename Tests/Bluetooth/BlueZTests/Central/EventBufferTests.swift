import HeartRate
import Testing
import Timing

@testable import BlueZ

@Suite(.timeLimit(.minutes(1)))
struct EventBufferTests {
    private func measurement(_ rate: UInt16, of strap: String = "chest") -> StrapEvent {
        let moment = Moment(wallMilliseconds: Int64(rate), bootMilliseconds: Int64(rate))
        return StrapEvent(strap: strap, at: moment, kind: .measurement(HeartRateMeasurement(beatsPerMinute: rate)))
    }

    @Test func buffer_whenConsumerIsTooSlow_countsWhatIsLost() async throws {
        let buffer = EventBuffer(measurementLimit: 2)
        for rate in 60..<65 as Range<UInt16> { await buffer.append(measurement(rate)) }
        let state = StrapEvent(strap: "chest", at: measurement(65).at, kind: .state(StrapState(phase: .stale)))
        await buffer.append(state)

        let first = try #require(await buffer.takeAll())
        #expect(first.measurements(of: "chest").map(\.beatsPerMinute) == [60, 61])
        #expect(first.phases(of: "chest") == [.stale], "a change of state is never lost")
        guard case .overflow(lost: 3)? = first.last?.kind else {
            Issue.record("no overflow told")
            return
        }
        #expect(first.last?.at == measurement(64).at)

        await buffer.append(measurement(70))
        #expect(await buffer.takeAll()?.measurements(of: "chest").count == 1)
    }

    @Test func buffer_whenFinished_givesWhatIsLeftThenNil() async {
        let buffer = EventBuffer(measurementLimit: 2)
        await buffer.append(measurement(60))
        await buffer.finish()
        #expect(await buffer.takeAll()?.count == 1)
        #expect(await buffer.takeAll() == nil)
    }
}
