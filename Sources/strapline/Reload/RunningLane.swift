import Delivery
import Logging
import ServiceLifecycle

/// A lane and what goes beside it, in a group of their own, so that they can end before the program does.
struct RunningLane: Sendable {
    let delivery: LaneDelivery
    private let group: ServiceGroup
    private let end = AsyncStream.makeStream(of: Never.self)

    init(_ delivery: LaneDelivery) {
        self.delivery = delivery
        let services: [any Service] = [delivery, RetryDelivery(beside: delivery), GapDelivery(beside: delivery)]
        // It has nothing to tell that the lane does not tell itself.
        let quiet = Logger(label: "lane") { _ in SwiftLogNoOpLogHandler() }
        group = ServiceGroup(configuration: .init(services: [Together(services: services)], logger: quiet))
    }

    func run() async throws {
        defer { end.continuation.finish() }
        try await group.run()
    }

    /// Returns when it has ended, or the task is cancelled.
    func stop() async {
        await group.triggerGracefulShutdown()
        for await _ in end.stream {}
    }
}
