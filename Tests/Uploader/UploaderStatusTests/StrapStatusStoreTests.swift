import BlueZ
import HeartRate
import Testing
import Timing

@testable import UploaderStatus

@Suite struct StrapStatusStoreTests {
    private func moment(_ milliseconds: Int64) -> Moment {
        Moment(wallMilliseconds: 1_000_000 + milliseconds, bootMilliseconds: milliseconds)
    }

    /// A board on which these things have happened, one a second from 1 s on.
    private func board(_ kinds: StrapEvent.Kind...) -> StrapStatusStore {
        var board = StrapStatusStore(straps: ["chest"], startedAt: moment(0))
        for (place, kind) in kinds.enumerated() {
            board.take(StrapEvent(strap: "chest", at: moment(Int64(place + 1) * 1_000), kind: kind))
        }
        return board
    }

    private func report(_ board: StrapStatusStore, at milliseconds: Int64) throws -> StrapReport {
        try #require(board.reports(at: moment(milliseconds)).first)
    }

    private static let beat = StrapEvent.Kind.measurement(HeartRateMeasurement(beatsPerMinute: 72, contact: .detected))

    private static func state(
        _ phase: StrapState.Phase, _ reason: StrapState.Reason? = nil
    ) -> StrapEvent.Kind { .state(StrapState(phase: phase, reason: reason)) }

    @Test func board_beforeAnythingHappened_searches() throws {
        let report = try report(board(), at: 500)
        #expect(report.state == .searching)
        #expect(report.stateAge == 500)
        #expect(report.readingAge == nil && report.beatsPerMinute == nil)
    }

    @Test func board_ofALiveStrap_showsItsRateAndItsAge() throws {
        let report = try report(board(Self.state(.live), Self.beat), at: 2_400)
        #expect(report.state == .live)
        #expect(report.stateAge == 1_400)
        #expect(report.beatsPerMinute == 72)
        #expect(report.readingAge == 400)
        #expect(report.contact == "detected")
    }

    @Test(arguments: [
        state(.stale, .silent(.seconds(10))), state(.disconnected, .linkLost), state(.noContact, .noSkinContact),
        state(.blocked, .bluetoothdMissing),
    ])
    func board_ofAStrapThatIsNotLive_showsNoRateButTheAgeAndTheReason(state: StrapEvent.Kind) throws {
        let report = try report(board(Self.state(.live), Self.beat, state), at: 60_000)
        #expect(report.beatsPerMinute == nil)
        #expect(report.readingAge == 58_000)
        #expect(report.stateAge == 57_000)
        #expect(report.reason?.isEmpty == false)
        #expect((report.contact == nil) == (report.state != .noContact))
    }

    @Test func board_whenALiveStrapIsQuietForTooLong_callsItStale() throws {
        let board = board(Self.state(.live), Self.beat)
        #expect(try report(board, at: 2_000 + StrapStatusStore.freshMilliseconds).state == .live)
        let late = try report(board, at: 2_001 + StrapStatusStore.freshMilliseconds)
        #expect(late.state == .stale)
        #expect(late.beatsPerMinute == nil)
        #expect(late.stateAge == 1)
    }

    @Test func board_whenOnlyTheReasonChanges_keepsSinceWhen() throws {
        let board = board(Self.state(.noContact, .noSkinContact), Self.state(.noContact, .zeroBeatsPerMinute))
        let report = try report(board, at: 5_000)
        #expect(report.stateAge == 4_000)
        #expect(report.reason == "the strap reports 0 beats per minute")
    }

    @Test func board_showsWhatTheStrapTellsAboutItself() throws {
        var details = StrapDetails()
        details.batteryPercent = 80
        details.bodySensorLocation = .earLobe
        let energetic = HeartRateMeasurement(beatsPerMinute: 72, energyExpendedKilojoules: 12)
        let report = try report(
            board(.details(details), .measurement(energetic), Self.beat, .overflow(lost: 3)), at: 5_000)
        #expect(report.batteryPercent == 80)
        #expect(report.bodyLocation == "ear lobe")
        #expect(report.energyKilojoules == 12, "the last value")
        #expect(report.lost == 3)
    }
}
