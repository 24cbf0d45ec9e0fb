import Delivery

/// A lane and what goes beside it, which can end before the program does.
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
            // What goes beside it ends with the lane alone.
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
