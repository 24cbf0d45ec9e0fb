import DBus
import HeartRate
import Testing
import Timing

@testable import BlueZ

/// A session that never connects.
@Suite struct BroadcastSessionTests {
    private var session = StrapSession(StrapConfiguration(name: "chest", selector: .first, mode: .broadcast))
    private let heard = Scenery.strap(broadcast: Scenery.broadcast)
    private let silence = DeadlineSpec.exactly(StrapLimits.broadcastSilence)

    /// A broadcast that arrives so many milliseconds after the start.
    private mutating func hear(
        _ beatsPerMinute: UInt8 = 72, contact: Bool = true, counter: UInt8, at milliseconds: Int64, attempt: Int = 1
    ) -> [StrapSession.Action] {
        let broadcast = PolarBroadcast(
            beatsPerMinute: beatsPerMinute, isContactDetected: contact, counter: counter)
        let moment = Moment(wallMilliseconds: milliseconds, bootMilliseconds: milliseconds)
        return session.handle(.broadcastReceived(attempt: attempt, broadcast, at: moment))
    }

    @Test mutating func session_whenABroadcastIsHeard_isLiveAndHasNotConnected() {
        let found = session.show(candidate: heard)
        #expect(found.contains(.receiveBroadcasts(heard.path, attempt: 1)))
        #expect(found.deadline == .some(silence))
        #expect(found.phases == [.searching])
        let first = hear(counter: 3, at: 100)
        #expect(first.contains(.record(HeartRateMeasurement(beatsPerMinute: 72, contact: .detected), at: moment(100))))
        #expect(first.phases == [.live])
        #expect(first.deadline == .some(silence))
        #expect(session.bound?.address == heard.address)
        #expect(session.demand == .hearing)
    }

    @Test mutating func session_whenABroadcastIsRepeated_recordsItOnce() {
        _ = session.show(candidate: heard)
        _ = hear(counter: 3, at: 0)
        let repeated = hear(counter: 3, at: 250)
        #expect(repeated.isEmpty)
        let next = hear(counter: 4, at: 1000)
        #expect(next.recorded == [72])
    }

    @Test mutating func session_whenCounterWrapsAround_recordsEach() {
        _ = session.show(candidate: heard)
        let recorded = (0..<20).flatMap { hear(counter: $0, at: Int64($0) * 1000).recorded }
        #expect(recorded.count == 20)
    }

    @Test mutating func session_withoutSkinContact_saysSoAndStays() {
        _ = session.show(candidate: heard)
        let off = hear(contact: false, counter: 3, at: 0)
        #expect(off.states.last?.hasPrefix("no contact") == true)
        #expect(off.contains { if case .record(let measurement, _) = $0 { !measurement.isHeartRate } else { false } })
        let again = hear(contact: false, counter: 3, at: 250)
        #expect(again.deadline == .some(silence), "still heard")
        let back = hear(counter: 4, at: 1000)
        #expect(back.phases == [.live])
    }

    @Test mutating func session_unheardForTenSeconds_isDisconnectedAndLiveWhenItReturns() {
        _ = session.show(candidate: heard)
        _ = hear(counter: 3, at: 0)
        let gone = session.handle(.deadlinePassed)
        #expect(gone.states == ["disconnected: no new broadcast was heard for 10 s"])
        #expect(gone.contains(.unsubscribe(attempt: 1)))
        #expect(gone.recorded.isEmpty)
        #expect(session.demand == .scan)
        let remembered = session.show(candidate: heard)
        #expect(remembered.phases.isEmpty, "what BlueZ remembers is no broadcast")
        let late = hear(counter: 3, at: 10_000, attempt: 1)
        #expect(late.isEmpty, "from the earlier subscription")
        let back = hear(counter: 3, at: 20_000, attempt: 2)
        #expect(back.recorded == [72])
        #expect(back.phases == [.live])
    }

    @Test mutating func session_whenTheSameBroadcastIsRepeatedForEver_doesNotStayLive() {
        _ = session.show(candidate: heard)
        _ = hear(counter: 3, at: 0)
        for milliseconds in stride(from: Int64(250), to: 10_000, by: 250) {
            let repeated = hear(counter: 3, at: milliseconds)
            #expect(repeated.isEmpty, "does not put the deadline off")
        }
        _ = session.handle(.deadlinePassed)
        _ = session.show(candidate: heard)
        let still = hear(counter: 3, at: 10_250, attempt: 2)
        #expect(still.recorded.isEmpty)
        #expect(session.status.phase == .disconnected)
    }

    @Test mutating func session_whenTheObjectIsGone_searchesAgain() {
        _ = session.show(candidate: heard)
        _ = hear(counter: 3, at: 0)
        let gone = session.show(nil)
        #expect(gone.contains(.unsubscribe(attempt: 1)))
        #expect(session.state == .searching)
        #expect(session.status.phase == .disconnected)
    }

    @Test mutating func session_whenBlockedOrStopped_listensNoMore() {
        _ = session.show(candidate: heard)
        let blocked = session.handle(.observed(StrapSession.View(blockage: .bluetoothdMissing)))
        #expect(blocked.contains(.unsubscribe(attempt: 1)))
        _ = session.show(candidate: heard)
        let stopped = session.handle(.stop)
        #expect(stopped.contains(.unsubscribe(attempt: 2)))
        #expect(session.state == .stopped)
    }

    private func moment(_ milliseconds: Int64) -> Moment {
        Moment(wallMilliseconds: milliseconds, bootMilliseconds: milliseconds)
    }
}

extension [StrapSession.Action] {
    /// The recorded rates.
    fileprivate var recorded: [UInt16] {
        compactMap { if case .record(let measurement, _) = $0 { measurement.beatsPerMinute } else { nil } }
    }
}
