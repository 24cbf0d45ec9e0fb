import BlueZ
import Outbox
import Testing

@testable import Uploader
@testable import UploaderStatus

@Suite struct StatusSummaryLineTests {
    private func report(
        straps: [(String, StrapState.Phase, UInt16?)], waiting: [(String, String, Int)] = []
    ) -> StatusReport {
        var report = StatusReport(isRunning: true, outbox: OutboxReport(path: "/outbox"))
        report.straps = straps.map { name, state, rate in
            StrapReport(strap: name, state: state, stateAge: 0, beatsPerMinute: rate, malformed: 0, lost: 0)
        }
        report.destinations = waiting.map { strap, destination, count in
            DestinationReport(strap: strap, destination: destination, state: "delivering", waiting: count)
        }
        return report
    }

    @Test func line_withALiveStrapAndNothingWaiting_saysTheRate() {
        let report = report(straps: [("anna", .live, 72)], waiting: [("anna", "pulsoid", 0)])
        #expect(StatusSummaryLine.text(of: report) == "anna live 72 bpm")
    }

    @Test func line_withReadingsThatWait_countsThemByDestination() {
        let report = report(
            straps: [("anna", .live, 72), ("ben", .searching, nil)],
            waiting: [("anna", "pulsoid", 2), ("ben", "pulsoid", 1), ("ben", "cardiogram", 9)])
        #expect(
            StatusSummaryLine.text(of: report)
                == "anna live 72 bpm, ben searching; 9 waiting for cardiogram, 3 waiting for pulsoid")
    }

    @Test func line_withTroubles_namesThem() {
        var report = report(straps: [("anna", .blocked, nil)], waiting: [("anna", "pulsoid", 0)])
        report.destinations[0].state = "paused"
        report.outbox.cannotWrite = "disk full"
        #expect(StatusSummaryLine.text(of: report) == "anna blocked; pulsoid paused, outbox: cannot write (disk full)")
    }

    @Test(arguments: [("retrying", "pulsoid retrying"), ("rejecting", "pulsoid rejecting")])
    func line_withATroubledDestination_hasTheWordOfTheStatus(state: String, words: String) {
        var report = report(
            straps: [("anna", .live, 72), ("ben", .live, 70)], waiting: [("anna", "pulsoid", 1), ("ben", "pulsoid", 0)])
        for place in report.destinations.indices { report.destinations[place].state = state }
        #expect(
            StatusSummaryLine.text(of: report) == "anna live 72 bpm, ben live 70 bpm; 1 waiting for pulsoid; \(words)")
    }

    @Test func line_whileTheClockIsNotSet_saysHowLongItIsWaitedFor() {
        var report = report(straps: [("anna", .live, 72)], waiting: [("anna", "pulsoid", 1)])
        report.destinations[0].clockWait = 42_000
        #expect(
            StatusSummaryLine.text(of: report)
                == "anna live 72 bpm; 1 waiting for pulsoid; waiting for the clock, at most 42 s")
    }

    @Test func line_withManyStraps_countsTheRest() {
        let report = report(straps: (1...10).map { ("s\($0)", .searching, nil) })
        #expect(StatusSummaryLine.text(of: report).hasSuffix("s8 searching, 2 more"))
    }
}
