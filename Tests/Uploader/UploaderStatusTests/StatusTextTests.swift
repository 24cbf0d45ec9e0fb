import BlueZ
import Console
import FoundationEssentials
import HRV
import Outputs
import Testing

@testable import UploaderStatus

@Suite struct StatusTextTests {
    @Test func lines_ofARunningUploader_standInTables() {
        let chest = StrapReport(
            strap: "chest", state: .live, stateAge: 180_000, address: "C4:11:22:33:44:55", deviceName: "Polar H10",
            beatsPerMinute: 72, readingAge: 400, contact: "detected", batteryPercent: 80, bodyLocation: "chest",
            manufacturer: "Polar", model: "H10", malformed: 0, lost: 0)
        let arm = StrapReport(
            strap: "arm", state: .disconnected, reason: "the link was lost", stateAge: 7_200_000,
            readingAge: 7_230_000, malformed: 2, lost: 0)
        let pulsoid = DestinationReport(
            strap: "chest", destination: "pulsoid", state: "retrying", lastSuccessAge: 300_000,
            lastError: "no answer\u{1B}[2J", lastErrorAge: 4_000, waiting: 301, setAside: 0, tooOld: 12)
        let report = StatusReport(
            isRunning: true, outbox: OutboxReport(path: "/o", received: 9, dropped: 0, usedBytes: 2_048),
            straps: [chest, arm], destinations: [pulsoid])
        #expect(
            StatusText.lines(of: report) == [
                "STRAP  STATE         SINCE      HEART RATE  LAST READING  CONTACT   BATTERY  DEVICE",
                "chest  live          3 min ago  72 bpm      just now      detected  80 %     "
                    + "Polar H10 (C4:11:22:33:44:55)",
                "arm    disconnected  2 h ago    -           2 h ago       -         -        -",
                "chest: Polar H10, worn: chest",
                "arm: the link was lost",
                "arm: malformed packets ignored: 2",
                "",
                "STRAP  DESTINATION  STATE     WAITING  LAST SUCCESS  SET ASIDE",
                "chest  pulsoid      retrying  301      5 min ago     0",
                "chest to pulsoid: last error 4 s ago: no answer [2J",
                "chest to pulsoid: not sent because older than max_age_seconds: 12",
                "",
                "outbox /o: 9 readings received, 2 kB",
            ])
    }

    @Test func lines_ofOutputs_nameTheStateAndItsReason() {
        var report = StatusReport(isRunning: true, outbox: OutboxReport(path: "/o", problem: "not counted"))
        report.outputs = [
            OutputReport(output: "obs", kind: "file", state: "sending", stateAge: 180_000, lastSentAge: 900),
            OutputReport(
                output: "node-red", kind: "webhook", strap: "anna", state: "failing", stateAge: 300_000,
                reason: "refused\u{1B}[2J", failures: 9),
        ]
        #expect(
            StatusText.lines(of: report) == [
                "OUTPUT    KIND     STRAP  STATE    SINCE      LAST SENT",
                "obs       file     all    sending  3 min ago  just now",
                "node-red  webhook  anna   failing  5 min ago  -",
                "node-red: failing for 5 min: refused [2J",
                "",
                "not counted",
            ])
    }

    @Test func lines_ofUploadsOfSessions_nameTheStateAndItsReason() {
        var report = StatusReport(isRunning: true, outbox: OutboxReport(path: "/o", problem: "not counted"))
        report.sessionUploads = [
            SessionUploadReport(
                destination: "intervals.icu", service: "intervals.icu", state: "idle", lastSuccessAge: 300_000,
                uploaded: 12),
            SessionUploadReport(
                destination: "runalyze", service: "runalyze", strap: "anna", state: "paused", stateAge: 300_000,
                reason: "answered 401\u{1B}[2J", waiting: 2, uploaded: 0, setAside: 1),
        ]
        #expect(
            StatusText.lines(of: report) == [
                "SESSIONS TO    STRAP  STATE   WAITING  UPLOADED  LAST UPLOAD  SET ASIDE",
                "intervals.icu  all    idle    0        12        5 min ago    0",
                "runalyze       anna   paused  2        0         -            1",
                "runalyze: paused for 5 min: answered 401 [2J",
                "Sessions set aside and their reasons: strapline session uploads",
                "",
                "not counted",
            ])
    }

    @Test func variability_isALineOfItsStrap() {
        func line(_ values: LiveVariability) -> String? {
            var strap = StrapReport(strap: "chest", state: .live, stateAge: 0, malformed: 0, lost: 0)
            strap.variability = LiveVariabilityReport(values)
            let report = StatusReport(isRunning: true, outbox: OutboxReport(path: "/o"), straps: [strap])
            return StatusText.lines(of: report).first { $0.hasPrefix("chest: ") }
        }
        var beats = BeatWindow()
        #expect(line(LiveVariability(beats, atMilliseconds: 0))?.hasPrefix("chest: no RR intervals") == true)
        for second in 1...70 {
            beats.take(
                [second.isMultiple(of: 2) ? 1000 : 1048], hasContact: true, atMilliseconds: Int64(second) * 1000)
            guard second == 12 else { continue }
            #expect(
                line(LiveVariability(beats, atMilliseconds: 12_000))
                    == "chest: too few RR intervals for a value: 12 of 20")
        }
        let shown = line(LiveVariability(beats, atMilliseconds: 70_000)) ?? ""
        #expect(shown.hasPrefix("chest: 60 s: RMSSD 46.9 ms, SDNN 23.6 ms, pNN50 0.0 %, "), "\(shown)")
        #expect(shown.contains("; 300 s: RMSSD 46.9 ms") && shown.hasSuffix("0.0 % artefacts"), "\(shown)")
    }

    @Test func report_ofAnOlderUploader_hasNoOutputs() throws {
        let json = #"{"running":true,"outbox":{"path":"/o"},"straps":[],"destinations":[]}"#
        #expect(try JSONDecoder().decode(StatusReport.self, from: Data(json.utf8)).outputs.isEmpty)
    }

    @Test func session_thatRuns_isShownWithItsStrap_andLeftOutOtherwise() throws {
        var strap = StrapReport(strap: "chest", state: .live, stateAge: 180_000, malformed: 0, lost: 0)
        func report(_ strap: StrapReport) -> StatusReport {
            StatusReport(isRunning: true, outbox: OutboxReport(path: "/o"), straps: [strap])
        }
        let without = try report(strap).jsonLine()
        #expect(!without.contains("\"session\""))
        strap.session = StrapReport.RunningSession(
            id: 1204, startedAtMilliseconds: 1_767_225_600_000, lengthMilliseconds: 1_380_000)
        let start = WallTime.dateAndTime(ofMilliseconds: 1_767_225_600_000)
        #expect(StatusText.lines(of: report(strap)).contains("chest: session 1204 since \(start), 23 min"))
        let json = try report(strap).jsonLine()
        #expect(
            json.contains(#""session":{"id":1204,"length_ms":1380000,"started_at_ms":1767225600000}"#), "\(json)")
    }

    @Test func lines_ofDestinations_nameTheStateAndItsReason() {
        var report = StatusReport(isRunning: true, outbox: OutboxReport(path: "/o", problem: "not counted"))
        report.destinations = [
            DestinationReport(strap: "a", destination: "pulsoid", state: "waiting for the clock", clockWait: 42_000),
            DestinationReport(strap: "b", destination: "pulsoid", state: "idle"),
            DestinationReport(
                strap: "c", destination: "pulsoid", state: "retrying", stateAge: 300_000,
                reason: "no answer",
                lastError: "no answer", lastErrorAge: 2000),
            DestinationReport(
                strap: "d", destination: "pulsoid", state: "rejecting", reason: "400", lastError: "401",
                lastErrorAge: 9000),
        ]
        #expect(
            StatusText.lines(of: report) == [
                "STRAP  DESTINATION  STATE                         WAITING  LAST SUCCESS  SET ASIDE",
                "a      pulsoid      waiting for the clock (42 s)  -        -             -",
                "b      pulsoid      idle                          -        -             -",
                "c      pulsoid      retrying                      -        -             -",
                "d      pulsoid      rejecting                     -        -             -",
                "c to pulsoid: retrying for 5 min: no answer",
                "d to pulsoid: rejecting: 400",
                "d to pulsoid: last error 9 s ago: 401",
                "Uploads wait until network time sets the clock, or for this long at most. Check: timedatectl",
                "",
                "not counted",
            ])
    }

    @Test func json_ofADestination_hasItsOldKeys_andTheReason() throws {
        let report = DestinationReport(
            strap: "a", destination: "pulsoid", state: "retrying", stateAge: 5, reason: "503", clockWait: 7,
            lastSuccessAge: 1, lastError: "503", lastErrorAge: 2, waiting: 3, setAside: 4, tooOld: 6)
        #expect(
            try report.jsonLine()
                == #"{"clock_wait_ms":7,"destination":"pulsoid","last_error":"503","last_error_age_ms":2,"#
                + #""last_success_age_ms":1,"reason":"503","set_aside":4,"state":"retrying","state_age_ms":5,"#
                + #""strap":"a","too_old":6,"waiting":3}"#)
    }
}
