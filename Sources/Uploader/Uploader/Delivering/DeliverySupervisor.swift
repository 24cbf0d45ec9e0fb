import Delivery
import Outbox
import ServiceLifecycle

/// The lanes that deliver at present, each of which can be stopped by itself, and others started.
actor DeliverySupervisor: Service {
    private var running: [Lane: RunningLane] = [:]
    private let starts = AsyncStream.makeStream(of: RunningLane.self)

    /// Runs the started lanes until shutdown or cancellation.
    nonisolated func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            await withGracefulShutdownHandler {
                for await lane in starts.stream {
                    group.addTask {
                        do {
                            try await lane.run()
                        } catch {
                            // Of no use without the others; the program ends.
                            self.starts.continuation.finish()
                            throw error
                        }
                    }
                }
            } onGracefulShutdown: {
                self.starts.continuation.finish()
            }
        }
    }

    /// Before or while it runs. Of a lane there is one at a time.
    func start(_ lane: Lane, _ delivery: LaneDelivery) {
        let starting = RunningLane(delivery)
        running[lane] = starting
        starts.continuation.yield(starting)
    }

    /// Lets these lanes send their backlog, with the time limit of a shutdown, and returns when they have ended. Unsent
    /// readings wait in the outbox.
    func stop(_ lanes: [Lane]) async {
        let stopping = lanes.compactMap { running.removeValue(forKey: $0) }
        await withTaskGroup(of: Void.self) { group in
            for lane in stopping { group.addTask { await lane.stop() } }
        }
    }

    /// Of these lanes, in their order. `clockWait` is how long the outbox still waits for the clock.
    func statuses(of lanes: [Lane], clockWait: Duration?) async -> [DeliveryStatus] {
        var statuses: [DeliveryStatus] = []
        for lane in lanes {
            if let delivery = running[lane]?.delivery { statuses.append(await delivery.status(clockWait: clockWait)) }
        }
        return statuses
    }
}

/// A lane with its redelivery and backfill, which can end before the program.
struct RunningLane: Sendable {
    let delivery: LaneDelivery
    private let end = AsyncStream.makeStream(of: Never.self)

    init(_ delivery: LaneDelivery) {
        self.delivery = delivery
    }

    /// Returns when the lane has sent what it could after ``stop()`` or at shutdown.
    func run() async throws {
        defer { end.continuation.finish() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await delivery.run() }
            group.addTask { try await RedeliveryService(beside: delivery).run() }
            group.addTask { try await BackfillDelivery(beside: delivery).run() }
            // The other two end with the lane only.
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Returns when it has ended, or the task is cancelled.
    func stop() async {
        delivery.drain()
        for await _ in end.stream {}
    }
}
