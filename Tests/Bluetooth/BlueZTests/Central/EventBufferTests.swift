import HeartRate
import Testing
import Timing

@testable import BlueZ

@Suite(.timeLimit(.minutes(10)))
struct EventBufferTests {
    private func measurement(_ rate: UInt16, of strap: String = "chest") -> StrapEvent {
        let moment = Moment(wallMilliseconds: Int64(rate), bootMilliseconds: Int64(rate))
        return StrapEvent(strap: strap, at: moment, kind: .measurement(HeartRateMeasurement(beatsPerMinute: rate)))
    }

    private func deliver(_ rate: UInt16, through buffer: EventBuffer) {
        let event = measurement(rate)
        if buffer.admit(from: event.strap, at: event.at) { buffer.append(event) }
    }

    @Test func buffer_whenConsumerIsTooSlow_countsLostMeasurements() async throws {
        let buffer = EventBuffer(measurementLimit: 2)
        for rate in 60..<65 as Range<UInt16> { deliver(rate, through: buffer) }
        let state = StrapEvent(strap: "chest", at: measurement(65).at, kind: .state(StrapState(phase: .stale)))
        buffer.append(state)

        let first = try #require(await buffer.takeAll())
        #expect(first.measurements(of: "chest").map(\.beatsPerMinute) == [60, 61])
        #expect(first.phases(of: "chest") == [.stale], "a change of state is never lost")
        guard case .overflow(lost: 3)? = first.last?.kind else {
            Issue.record("no overflow reported")
            return
        }
        #expect(first.last?.at == measurement(64).at)

        deliver(70, through: buffer)
        #expect(await buffer.takeAll()?.measurements(of: "chest").count == 1)
    }

    @Test func buffer_whenAnAdmittedPacketIsWithdrawn_hasRoomAgain() {
        let buffer = EventBuffer(measurementLimit: 1)
        let moment = measurement(60).at
        #expect(buffer.admit(from: "chest", at: moment))
        #expect(!buffer.admit(from: "chest", at: moment))
        buffer.withdraw()
        #expect(buffer.admit(from: "chest", at: moment))
    }

    @Test func buffer_whenFinished_givesTheRestThenNil() async {
        let buffer = EventBuffer(measurementLimit: 2)
        deliver(60, through: buffer)
        buffer.finish()
        #expect(await buffer.takeAll()?.count == 1)
        #expect(await buffer.takeAll() == nil)
    }
}
