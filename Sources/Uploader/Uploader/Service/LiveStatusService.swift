import ServiceLifecycle
import UploaderStatus

/// Shows the status each second, for a user at a terminal.
struct LiveStatusService: Service {
    private static let pause: Duration = .seconds(1)

    let clock: any Clock<Duration>
    let report: @Sendable () async -> StatusReport
    let show: @Sendable (StatusReport) -> Void

    func run() async {
        await cancelWhenGracefulShutdown {
            repeat { show(await report()) } while (try? await clock.sleep(for: Self.pause)) != nil
        }
    }
}
