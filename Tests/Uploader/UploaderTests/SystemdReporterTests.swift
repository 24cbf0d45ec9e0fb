import BlueZ
import Logging
import ServiceManager
import TestKit
import Testing

@testable import Uploader
@testable import UploaderStatus

/// The reports to a service manager about a strap that changes its state all the time.
@Suite(.timeLimit(.minutes(10))) struct SystemdReporterTests {
    @Test func run_ofAStateThatChangesAllTheTime_tellsSomeAtOnceThenOneEveryTenSeconds() async throws {
        let directory = TemporaryDirectory()
        let socket = try #require(NotifySocket(name: directory.file("notify")))
        let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": socket.name]))
        let (clock, time, changes) = (ManualClock(), ManualTime(), ChangeSignal())
        let states = Watched(0)
        let report = SystemdReporter(
            notifier: notifier, watchdog: nil, changes: changes, clock: clock, time: time,
            logger: Logger(label: "test")
        ) {
            let state = states.change { number in
                number += 1
                return number
            }
            return StatusReport(
                isRunning: true, outbox: OutboxReport(path: "o"),
                straps: [StrapReport(strap: "strap\(state)", state: .searching, stateAge: 0, malformed: 0, lost: 0)])
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await report.run() }
            for second in 0..<60 {
                changes.note()
                // Then the report's own sleep, and that until it looks again.
                await clock.untilSleeping(second == 0 ? 1 : 2)
                time.advance(milliseconds: 1000)
                clock.advance(by: .seconds(1))
            }
            group.cancelAll()
        }
        #expect((4...10).contains(states.value), "\(states.value)")
    }
}
