import BlueZ
import Console
import Outbox
import StrapFixtures
import TestKit
import Testing

@testable import Setup
@testable import UploaderStatus

@Suite(.timeLimit(.minutes(10))) struct SetupWatchTests {
    private let terminal = ScriptedTerminal()
    private let clock = ManualClock()

    private static func report(_ state: StrapState.Phase, delivered: Bool) -> StatusReport {
        var report = StatusReport(isRunning: true, outbox: OutboxReport(path: "/outbox"))
        report.straps = [
            StrapReport(
                strap: "anna", state: state, stateAge: 0, beatsPerMinute: state == .live ? 72 : nil, malformed: 0,
                lost: 0)
        ]
        report.destinations = [
            DestinationReport(
                strap: "anna", destination: "pulsoid", state: "delivering", lastSuccessAge: delivered ? 3 : nil)
        ]
        return report
    }

    private func watch(_ reports: [StatusReport?]) async throws {
        let coming = Watched(reports)
        let watch = SetupWatch(
            questions: SetupQuestions(terminal: terminal, isUnattended: true), configuration: "/c.yaml",
            limit: .seconds(2), clock: clock,
            status: { coming.change { $0.count > 1 ? $0.removeFirst() : $0[0] } })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [clock] in await clock.waitOutEverything(upTo: .seconds(1)) }
            defer { group.cancelAll() }
            try await watch.run()
        }
    }

    @Test func watch_untilTheFirstReadingIsDelivered_tellsEachStepOnce() async throws {
        try await watch([
            nil, Self.report(.searching, delivered: false), Self.report(.searching, delivered: false),
            Self.report(.live, delivered: false), Self.report(.live, delivered: true),
        ])
        let lines = terminal.text.split(separator: "\n").dropFirst()
        #expect(
            Array(lines) == [
                "No uploader runs yet.", "anna: searching", "anna: live", "anna: delivered to pulsoid",
                "All readings arrive. It runs by itself from now on: strapline status --config /c.yaml",
            ])
    }

    @Test func watch_whileTheClockIsNotSet_saysSoOnce_andTheStateOfTroubles() async throws {
        var waiting = [Self.report(.live, delivered: false), Self.report(.live, delivered: false)]
        waiting[0].destinations[0].clockWait = 42_000
        waiting[1].destinations[0].clockWait = 41_000
        var retrying = Self.report(.live, delivered: false)
        retrying.destinations[0].state = "retrying"
        retrying.destinations[0].reason = "no answer came"
        try await watch(waiting + [retrying, Self.report(.live, delivered: true)])
        let lines = terminal.text.split(separator: "\n").dropFirst()
        #expect(
            lines.dropLast() == [
                "Uploads are waiting for the clock: network time has not set it yet, at most 42 s.", "anna: live",
                "anna to pulsoid: retrying: no answer came", "anna: delivered to pulsoid",
            ])
    }

    @Test func watch_whenNothingComesInTime_saysWhatToDo() async throws {
        let error = await #expect(throws: SetupError.self) {
            try await watch([Self.report(.searching, delivered: false)])
        }
        #expect(error?.description.contains("strapline doctor --config /c.yaml") == true)
        #expect(error?.exitCode == .unavailable)
    }
}
