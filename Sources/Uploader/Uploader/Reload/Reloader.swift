import BlueZ
import EventThread
import Logging
import Outbox
import Outputs
import ServiceManager
import SessionUploads
import Timing
import Tokens
import UploaderConfiguration
import WebClient

/// Applies a new configuration to the running uploader. Unchanged parts continue.
actor Reloader {
    private(set) var plan: UploadPlan
    private var factory: DeliveryFactory
    private let outbox: Outbox
    private let receiver: ReadingIngest
    private let central: HeartRateCentral
    private let deliveries: DeliverySupervisor
    private let outputs: OutputFleet
    private let sessions: SessionUploadService
    private let level: SharedLogLevel
    private let advice: RenewalAdvice
    private let thread: EventThread
    private let time: KernelTime
    private let logger: Logger

    /// Of an uploader in which nothing delivers yet: ``start()`` begins that.
    init(
        _ plan: UploadPlan, outbox: Outbox, receiver: ReadingIngest, central: HeartRateCentral,
        deliveries: DeliverySupervisor, outputs: OutputFleet, sessions: SessionUploadService,
        level: SharedLogLevel, advice: RenewalAdvice, thread: EventThread, time: KernelTime, logger: Logger
    ) throws {
        self.plan = plan
        factory = try DeliveryFactory(
            plan, advice: advice, on: thread, time: time, logger: logger, noteChange: receiver.changes.note)
        self.outbox = outbox
        self.receiver = receiver
        self.central = central
        self.deliveries = deliveries
        self.outputs = outputs
        self.sessions = sessions
        self.level = level
        self.advice = advice
        self.thread = thread
        self.time = time
        self.logger = logger
    }

    func start() async throws {
        for target in plan.targets {
            await deliveries.start(target.lane, try factory.delivery(to: target, from: outbox))
        }
        await outputs.start(plan.outputs, network: factory.network)
        await sessions.change(to: try factory.sessionTargets(plan))
    }

    /// Applies the configuration from `read`. If it has a mistake, the mistake is logged, and the old one stays.
    func reload(_ read: @Sendable () throws -> Configuration) async {
        do {
            let configuration = try read()
            let words = try await apply(try UploadPlan(configuration))
            level.set(configuration.logLevel)
            logger.notice(
                "configuration reloaded",
                metadata: ["changes": "\(words.isEmpty ? "none" : words.joined(separator: ", "))"])
        } catch {
            logger.error(
                "the new configuration is not taken, the old one goes on",
                metadata: ["error": "\(error)", "next-step": "fix it, see strapline check, and reload again"])
        }
    }

    /// Returns the changes in words. On error, nothing has changed.
    private func apply(_ new: UploadPlan) async throws -> [String] {
        var fresh = try DeliveryFactory(
            new, advice: advice, on: thread, time: time, logger: logger, noteChange: receiver.changes.note)
        let isNetworkChanged = !fresh.isLike(factory)
        if !isNetworkChanged { fresh = factory }
        let change = PlanDiff(from: plan, to: new, isNetworkChanged: isNetworkChanged)
        let starting = try new.targets
            .filter { change.addedLanes.contains($0.lane) || change.changedLanes.contains($0.lane) }
            .map { ($0.lane, try fresh.delivery(to: $0, from: outbox)) }
        let sessionTargets = try fresh.sessionTargets(new)
        // Those that end note what they deliver at last.
        let declares = change.addedLanes + change.removedLanes != []
        if declares { try await outbox.declare(Set(plan.lanes + new.lanes)) }
        // Nothing can go wrong any more.
        plan = new
        factory = fresh
        await receiver.follow(new.straps.map(\.name), newDevices: Set(change.changedStraps), at: time.now())
        central.change(to: new.straps)
        await deliveries.stop(change.removedLanes + change.changedLanes)
        for (lane, delivery) in starting { await deliveries.start(lane, delivery) }
        if declares { await forget(change.removedLanes) }
        await apply(change, to: new.outputs)
        await sessions.change(to: sessionTargets)
        if !change.settingsForRestart.isEmpty {
            logger.warning(
                "these settings are applied by a restart only",
                metadata: ["settings": "\(change.settingsForRestart.joined(separator: ", "))"])
        }
        for warning in new.targets.compactMap(\.token?.warning) { logger.warning("\(warning)") }
        return change.words
    }

    private func apply(_ change: PlanDiff, to new: [UploadPlan.PlannedOutput]) async {
        await outputs.stop(change.removedOutputs, .outputRemoved)
        await outputs.stop(change.changedOutputs, .outputChanged)
        let starting = new.filter { change.addedOutputs.contains($0.name) || change.changedOutputs.contains($0.name) }
        await outputs.start(starting, network: factory.network)
    }

    /// So that they hold nothing back.
    private func forget(_ removed: [Lane]) async {
        guard !removed.isEmpty else { return }
        do {
            try await outbox.declare(Set(plan.lanes))
        } catch {
            logger.warning(
                "readings for destinations that were removed are kept until the next start",
                metadata: ["error": "\(error)"])
        }
    }
}
