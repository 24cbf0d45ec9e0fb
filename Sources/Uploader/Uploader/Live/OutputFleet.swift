import EventThread
import Logging
import Outputs
import ServiceLifecycle
import Timing
import UploaderConfiguration
import UploaderStatus
import WebClient

/// The outputs of an uploader: makes them of a plan, starts and stops them, and reports their states.
struct OutputFleet: Sendable {
    let live: LiveStraps
    private let supervisor: OutputSupervisor
    private let thread: EventThread
    private let time: KernelTime
    private let version: String
    private let logger: Logger

    init(of straps: [String], on thread: EventThread, time: KernelTime, version: String, logger: Logger) {
        live = LiveStraps(straps: straps, time: time)
        supervisor = OutputSupervisor(clock: EventClock(on: thread))
        self.thread = thread
        self.time = time
        self.version = version
        self.logger = logger
    }

    /// Runs the outputs. It stops last, when they have ended long since.
    var service: any Service { supervisor }

    /// Ends the outputs as soon as the program begins to stop.
    var endingService: any Service { OutputEndingService(supervisor) }

    func start(_ outputs: [UploadPlan.PlannedOutput], network: NetworkSettings) async {
        let clock = EventClock(on: thread)
        let context = OutputContext(
            network: network, thread: thread, clock: clock, time: time, logger: logger, version: version)
        for output in outputs {
            let feed = OutputFeed(
                name: output.name, strap: output.settings.strap, of: live, clock: clock, time: time, logger: logger)
            await supervisor.start(feed) { try output.kind.kind.output(output.settings, context) }
        }
    }

    func stop(_ names: [String], _ ending: OutputEnding) async {
        await supervisor.stop(names, ending)
    }

    func reports(of outputs: [UploadPlan.PlannedOutput], at now: Moment) async -> [OutputReport] {
        let statuses = await supervisor.statuses(of: outputs.map(\.name))
        return statuses.compactMap { status in
            outputs.first { $0.name == status.output }.map { output in
                OutputReport(status, kind: output.kind.rawValue, strap: output.settings.strap, at: now)
            }
        }
    }
}
