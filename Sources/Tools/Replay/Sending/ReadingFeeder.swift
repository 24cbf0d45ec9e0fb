import Outbox
import ServiceLifecycle
import Timing

/// Puts readings into an outbox when they are due, and returns when all of them are delivered or set aside.
struct ReadingFeeder: Service {
    /// So many at once, where they are due at once.
    private static let readingsPerAppend = 500
    /// How often is looked whether the last are delivered.
    private static let lookInterval: Duration = .milliseconds(50)

    let feed: any Sequence<TimedReading> & Sendable
    let lanes: [Lane]
    let outbox: Outbox
    let tally: SendingTally
    let time: any TimeSource

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await feedAll() }
        } catch is CancellationError {
            // The readings in the outbox are sent while the program stops.
        }
    }

    private func feedAll() async throws {
        var batch = ReadingBatch(time: time)
        var lastIDs: [String: Int64] = [:]
        let start = ContinuousClock.now
        for item in feed {
            if start + item.due > .now {
                try await append(&batch, &lastIDs)
                try await Task.sleep(until: start + item.due, clock: .continuous)
            }
            batch.add(item)
            if batch.count >= Self.readingsPerAppend {
                try await append(&batch, &lastIDs)
                try Task.checkCancellation()
            }
        }
        try await append(&batch, &lastIDs)
        for lane in lanes {
            while try await outbox.cursor(of: lane) < lastIDs[lane.strap] ?? 0 {
                try await Task.sleep(for: Self.lookInterval)
            }
        }
    }

    private func append(_ batch: inout ReadingBatch, _ lastIDs: inout [String: Int64]) async throws {
        for (strap, readings) in batch.take() {
            lastIDs[strap] = try await outbox.append(readings)
            await tally.noteQueued(readings.count, of: strap)
        }
    }
}
