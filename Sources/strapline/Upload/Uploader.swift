import BlueZ
import Cardiogram
import DBus
import Delivery
import EventThread
import FoundationEssentials
import Glibc
import Logging
import Outbox
import Pulsoid
import ServiceLifecycle
import ServiceManager
import Timing
import UnixSignals
import WebClient

/// All of `strapline run`: straps into the outbox, the outbox into the services.
struct Uploader {
    /// How long everything together may take to stop; what is not delivered by then stays in the outbox.
    static let stopLimit: Duration = .seconds(5)

    private let services: ServiceGroup

    /// Opens the outbox; throws `OutboxError` where that cannot be.
    init(_ plan: UploadPlan, logger: Logger) throws {
        StateDirectory.makeFolder(of: plan.outboxPath)
        let time = KernelTime()
        let outbox = try Outbox(
            path: plan.outboxPath, lanes: plan.lanes, options: plan.outboxOptions, time: time, logger: logger)
        let board = StatusBoard(straps: plan.straps.map(\.name), startedAt: time.now())
        let receiver = Receiver(outbox: outbox, board: board, logger: logger)
        let central = HeartRateCentral(
            straps: plan.straps, time: time, logger: logger, openBus: { try await Bus.system(thread: .shared) },
            deliver: { await receiver.take($0) })
        let deliveries = try Self.deliveries(plan, from: outbox, time: time, logger: logger)
        let retries = deliveries.map(RetryDelivery.init)
        let gaps = deliveries.map(GapDelivery.init)

        let environment = ProcessInfo.processInfo.environment
        let report = Self.report(of: plan, outbox, receiver, deliveries, time: time)
        let path = StatusPlace.path(outbox: plan.outboxPath, environment: environment)
        var services: [any Service] = [
            outbox, Together(services: deliveries + retries + gaps), central,
            StatusServer(path: path, logger: logger, report: report),
        ]
        if let notifier = ServiceNotifier(environment: environment) {
            let heartbeat = WatchdogTimeout.current(environment: environment).map { timeout in
                Heartbeat(timeout: timeout, parts: Self.parts(outbox, central), logger: logger)
            }
            services.append(
                ManagerReport(
                    notifier: notifier, heartbeat: heartbeat, changes: receiver.changes, logger: logger,
                    report: { await Self.counted(report(), from: outbox) }))
        }

        // Stopped from the last to the first: no new readings, then deliver, then close the file.
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopLimit
        self.services = ServiceGroup(configuration: configuration)
    }

    /// Runs until SIGTERM or SIGINT, on the one thread that also waits for the bus and for the services: what a reading
    /// needs are few microseconds here and there, and waking another thread for each costs more than they do. The outbox
    /// has a thread of its own, for it waits for the disk.
    func run() async throws {
        try await withTaskExecutorPreference(EventThread.shared) { try await services.run() }
    }

    private static func report(
        of plan: UploadPlan, _ outbox: Outbox, _ receiver: Receiver, _ deliveries: [LaneDelivery], time: KernelTime
    ) -> @Sendable () async -> StatusReport {
        {
            var report = StatusReport(
                isRunning: true, processID: getpid(),
                outbox: OutboxReport(path: plan.outboxPath, await outbox.storageStatus))
            let now = time.now()
            report.straps = await receiver.board.reports(at: now)
            for delivery in deliveries {
                report.destinations.append(DestinationReport(await delivery.status, at: now))
            }
            return report
        }
    }

    /// With what waits, where that can be counted.
    private static func counted(_ report: StatusReport, from outbox: Outbox) async -> StatusReport {
        guard let statistics = try? await outbox.statistics() else { return report }
        var report = report
        report.add(statistics)
        return report
    }

    private static func parts(_ outbox: Outbox, _ central: HeartRateCentral) -> [Heartbeat.Part] {
        [
            Heartbeat.Part(name: "event thread") { await EventThread.shared.answers() },
            Heartbeat.Part(name: "outbox") { await outbox.answers() },
            Heartbeat.Part(name: "straps") { await central.answers() },
        ]
    }

    private static func deliveries(
        _ plan: UploadPlan, from outbox: Outbox, time: KernelTime, logger: Logger
    ) throws -> [LaneDelivery] {
        let network = try plan.network.settings()
        let client = WebClient(network: network)
        let oauth = try PulsoidOAuth(service: plan.oauthAddress, network: network, time: time)
        var keepers: [TokenSource: TokenKeeper] = [:]
        var pacers: [PacerKey: Pacer] = [:]
        return try plan.targets.map { target in
            // One for each source, so that a token is renewed once, however many straps use it.
            let tokens =
                keepers[target.token]
                ?? TokenKeeper(
                    source: target.token, oauth: oauth, clientID: plan.clientID, time: time, logger: logger)
            keepers[target.token] = tokens
            let destination = try destination(target, tokens, client: client, time: time)
            var pacer: Pacer?
            if let limit = destination.limits.requestsPerSecond {
                let key = PacerKey(address: target.address, token: target.token)
                pacer = pacers[key] ?? Pacer(requestsPerSecond: limit)
                pacers[key] = pacer
            }
            return LaneDelivery(
                strap: target.lane.strap, to: destination, from: outbox, backlog: target.backlog, pacer: pacer,
                time: time, logger: logger)
        }
    }

    private static func destination(
        _ target: UploadPlan.Target, _ tokens: TokenKeeper, client: WebClient, time: KernelTime
    ) throws -> any Destination {
        switch target.service {
        case .pulsoid(let requestsPerSecond):
            try PulsoidDestination(
                name: target.lane.destination, service: target.address, tokens: tokens, client: client,
                requestsPerSecond: requestsPerSecond, time: time)
        case .cardiogram(let userID, let batchBeats, let linger):
            try CardiogramDestination(
                name: target.lane.destination, service: target.address, userID: userID, token: target.token,
                client: client, beatsPerRequest: batchBeats, linger: linger, time: time)
        }
    }

    /// A service counts the requests of a token, whichever strap they are for.
    private struct PacerKey: Hashable {
        let address: ServiceAddress
        let token: TokenSource
    }
}
