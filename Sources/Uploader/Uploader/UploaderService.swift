package import BlueZ
import DBus
package import EventThread
import Files
import FoundationEssentials
import LocalMetrics
package import Logging
import Outbox
import Outputs
import ServiceLifecycle
package import ServiceManager
import SessionUploads
import Timing
package import Tokens
import UnixSignals
package import UploaderConfiguration
package import UploaderStatus
import WebClient

/// All of `strapline run`: straps into the outbox, the outbox into the services.
package struct UploaderService {
    /// How long the whole stop may take. Undelivered readings stay in the outbox.
    package static let stopLimit: Duration = .seconds(5)

    private let services: ServiceGroup
    private let reloader: Reloader
    private let thread: EventThread

    /// Opens the outbox, or throws `OutboxError`. At each SIGHUP `read` returns the new configuration. Everything but
    /// the outbox runs on `thread`. `live` gets the status each second, for a terminal.
    package init(
        _ plan: UploadPlan, level: SharedLogLevel, limiter: LogRateLimiter, version: String,
        advice: RenewalAdvice, strapAdvice: @escaping @Sendable (StrapAdvice) -> String, on thread: EventThread,
        logger: Logger, live: (@Sendable (StatusReport) -> Void)? = nil,
        read: @escaping @Sendable () throws -> Configuration
    ) throws {
        StateDirectory.makeFolder(of: plan.outboxPath)
        let time = KernelTime()
        let clock = EventClock(on: thread)
        let outbox = try Outbox(
            path: plan.outboxPath, lanes: plan.lanes, options: plan.outboxOptions, time: time, clock: clock,
            logger: logger)
        let board = StrapStatusStore(straps: plan.straps.map(\.name), startedAt: time.now(), advice: strapAdvice)
        let outputs = OutputFleet(
            of: plan.straps.map(\.name), on: thread, time: time, version: version, logger: logger)
        let receiver = ReadingIngest(outbox: outbox, board: board, live: outputs.live, logger: logger)
        let central = HeartRateCentral(
            straps: plan.straps, time: time, clock: clock, logger: logger, advice: strapAdvice,
            openBus: { try await Bus.system(clock: clock, thread: thread) },
            deliver: { await receiver.take($0) })
        let deliveries = DeliverySupervisor()
        let sessions = SessionUploadService(outbox: outbox, time: time, clock: clock, logger: logger)
        let reloader = try Reloader(
            plan, outbox: outbox, receiver: receiver, central: central, deliveries: deliveries, outputs: outputs,
            sessions: sessions, level: level, advice: advice, thread: thread, time: time, logger: logger)
        let status = StatusCollector(
            outbox: outbox, receiver: receiver, reloader: reloader, deliveries: deliveries, outputs: outputs,
            sessions: sessions, time: time)

        let environment = ProcessInfo.processInfo.environment
        let notifier = ServiceNotifier(environment: environment)
        // Stopped from the last to the first: no new readings, then deliver, then close the file.
        var services: [any Service] = [
            outputs.service, outbox, sessions, deliveries, central,
            Self.statusServer(outbox: plan.outboxPath, environment, on: thread, logger, status),
            ReloadSignalService(notifier: notifier, logger: logger) { await reloader.reload(read) },
            MemoryTrimmer(clock: clock), HeldBackLinesService(limiter: limiter, clock: clock), outputs.endingService,
        ]
        let parts = Self.parts(thread, outbox, central)
        if let live { services.append(LiveStatusService(clock: clock, report: { await status.report() }, show: live)) }
        if let address = plan.metricsAddress {
            services.append(
                Self.metrics(
                    at: address, token: plan.metricsToken, of: status, HealthCheck(parts: parts, clock: clock),
                    version: version, logger: logger))
        }
        if let notifier {
            services.append(
                SystemdReporter(
                    notifier: notifier, watchdog: Self.watchdog(parts, environment, clock, logger),
                    changes: receiver.changes, clock: clock, logger: logger,
                    report: { await status.countedReport() }))
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopLimit
        self.services = ServiceGroup(configuration: configuration)
        self.reloader = reloader
        self.thread = thread
    }

    /// Runs until SIGTERM or SIGINT, on the one thread that also waits for the bus and for the services: what a reading
    /// needs are a few microseconds, and waking another thread for each costs more. The outbox
    /// has its own thread, because it waits for the disk.
    package func run() async throws {
        try await withTaskExecutorPreference(thread) {
            try await reloader.start()
            try await services.run()
        }
    }

    private static func metrics(
        at address: LoopbackAddress, token: TokenSource?, of status: StatusCollector, _ health: HealthCheck,
        version: String, logger: Logger
    ) -> MetricsServer {
        // Read for each request: a replaced file counts at once, and without the file no request is allowed.
        let authorization = token.map { source in { @Sendable () -> String? in (try? source.read())?.bearer } }
        return MetricsServer(address: address, authorization: authorization, clock: health.clock, logger: logger) {
            request in
            switch request.path {
            case "/metrics": .metrics(of: await status.countedReport(), version: version)
            case "/healthz": .health(await health.problems { await status.report() })
            default: HeartRateAnswer.answer(to: request, status.outputs.live.now) ?? .unknownPath
            }
        }
    }

    private static func statusServer(
        outbox: String, _ environment: [String: String], on thread: EventThread, _ logger: Logger,
        _ status: StatusCollector
    ) -> StatusServer {
        StatusServer(
            path: StatusSocketPath.path(outbox: outbox, environment: environment), clock: EventClock(on: thread),
            thread: thread, logger: logger, report: { await status.report() })
    }

    private static func watchdog(
        _ parts: [Watchdog.Part], _ environment: [String: String], _ clock: EventClock, _ logger: Logger
    ) -> Watchdog? {
        WatchdogTimeout.current(environment: environment).map { timeout in
            Watchdog(timeout: timeout, parts: parts, clock: clock, logger: logger)
        }
    }

    private static func parts(
        _ thread: EventThread, _ outbox: Outbox, _ central: HeartRateCentral
    ) -> [Watchdog.Part] {
        [
            Watchdog.Part(name: "event thread") { await thread.ping() },
            Watchdog.Part(name: "outbox") { await outbox.ping() },
            Watchdog.Part(name: "straps") { await central.ping() },
        ]
    }
}
