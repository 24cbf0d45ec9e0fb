import Logging
import ServiceLifecycle
import ServiceManager
import Timing
import UploaderStatus

/// Reports to the service manager: readiness, status, watchdog and stop.
///
/// Ready means: the outbox is open, and each strap has a first state, because the bus answered or is awaited.
/// A machine without an adapter, a network or bluetoothd is no reason to fail, so it is none to keep others waiting.
struct SystemdReporter: Service {
    /// How old what `systemctl status` shows may be.
    static let interval: Duration = .seconds(30)
    /// Between two messages.
    static let pause: Duration = .seconds(1)
    /// A state that changes all the time is reported this often.
    static let flappingIntervalMilliseconds: Int64 = 10_000

    let notifier: ServiceNotifier
    /// nil where the manager does not wait for signs of life.
    let watchdog: Watchdog?
    /// Yields whenever a strap or a destination has another state, for the first time when the first strap has one.
    let changes: ChangeSignal
    var clock: any Clock<Duration> = ContinuousClock()
    var time: any TimeSource = KernelTime()
    let logger: Logger
    let report: @Sendable () async -> StatusReport

    func run() async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                if let watchdog { group.addTask { await watchdog.run { tell(.alive) } } }
                group.addTask { await tellStatus() }
                await group.waitForAll()
            }
        }
        tell(.stopping, .status("stopping; undelivered readings wait in the outbox"))
    }

    private func tellStatus() async {
        var last: String?
        var limit = ReportRateLimit(intervalMilliseconds: Self.flappingIntervalMilliseconds)
        await withTaskGroup(of: Void.self) { group in
            for await _ in changes.stream {
                if let next = limit.nextReportAtBootMilliseconds {
                    try? await clock.sleep(for: .milliseconds(max(0, next - time.now().bootMilliseconds)))
                }
                let line = StatusSummaryLine.text(of: await report())
                if line != last { _ = limit.allowsReport(atBootMilliseconds: time.now().bootMilliseconds) }
                switch last {
                case nil:
                    tell(.ready, .status(line))
                    group.addTask { await lookAgainAndAgain() }
                case line: break
                default: tell(.status(line))
                }
                last = line
                try? await clock.sleep(for: Self.pause)
            }
            group.cancelAll()
        }
    }

    private func lookAgainAndAgain() async {
        while (try? await clock.sleep(for: Self.interval)) != nil { changes.note() }
    }

    private func tell(_ notifications: ServiceNotification...) {
        do throws(ServiceNotifierError) {
            try notifier.notify(notifications)
        } catch {
            logger.warning("\(error)")
        }
    }
}
