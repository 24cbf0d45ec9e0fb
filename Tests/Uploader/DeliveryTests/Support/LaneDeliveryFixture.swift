import Delivery
import HeartRate
import Logging
import Outbox
import ServiceLifecycle
import TestKit
import Timing

/// A real outbox file, a scripted destination, and one lane between them.
struct LaneDeliveryFixture {
    let directory = TemporaryDirectory()
    let clock = ManualClock()
    let time = ManualTime()
    let destination: ScriptedDestination
    let outbox: Outbox
    let delivery: LaneDelivery
    let log = LogRecorder()
    /// How often the lane reported another state.
    let changes = Watched(0)

    init(limits: DestinationLimits, backlog: BacklogPolicy = BacklogPolicy(), rateLimiter: RateLimiter? = nil) throws {
        destination = ScriptedDestination(limits: limits)
        let logger = Logger(label: "test", factory: { [log] _ in log })
        outbox = try Outbox(
            path: directory.file("outbox.sqlite"), lanes: [Lane(strap: "chest", destination: destination.name)],
            time: time, clock: clock, logger: logger)
        delivery = LaneDelivery(
            strap: "chest", to: destination, from: outbox, backlog: backlog, rateLimiter: rateLimiter, time: time,
            clock: clock, logger: logger, noteChange: { [changes] in changes.change { $0 += 1 } })
    }

    var lane: Lane { Lane(strap: "chest", destination: destination.name) }

    func append(_ rates: some Sequence<UInt16>) async throws {
        for bpm in rates {
            let now = time.now()
            try await outbox.append(
                Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: bpm),
                    measuredAtMilliseconds: now.wallMilliseconds, bootMilliseconds: now.bootMilliseconds))
        }
    }

    /// Both clocks go on.
    func advance(by duration: Duration) {
        time.advance(milliseconds: Int64(duration / .milliseconds(1)))
        clock.advance(by: duration)
    }

    /// The same lane in the next process: one runs once.
    func successor() -> LaneDelivery {
        LaneDelivery(
            strap: "chest", to: destination, from: outbox, time: time, clock: clock,
            logger: Logger(label: "test", factory: { [log] _ in log }))
    }

    /// Runs the lane for as long as `body` runs.
    func whileRunning(_ lane: LaneDelivery? = nil, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await (lane ?? delivery).run() }
            try await body()
            group.cancelAll()
        }
    }
}

extension LaneDeliveryFixture {
    /// Runs the lane as a program does, to be stopped gracefully.
    func serviceGroup() -> ServiceGroup {
        ServiceGroup(
            services: [delivery], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}
