import DBus
import Synchronization
import Timing

/// Live snapshots of bluetoothd: updated on the bus's thread, and shown on demand.
final class SnapshotFeed: Sendable {
    /// Between two snapshots in which only signal strengths and broadcasts differ.
    static let passingInterval: Duration = .milliseconds(250)

    private struct State {
        var keeper: SnapshotKeeper
        /// Numbers the snapshots in order.
        var revision = 0
    }

    private let state: Mutex<State>

    init(showing scope: DeviceScope) {
        state = Mutex(State(keeper: SnapshotKeeper(showing: scope)))
    }

    /// What bluetoothd shows now; of two snapshots the one with the higher revision is newer.
    var snapshot: BlueZSnapshot {
        state.withLock { state in
            state.revision += 1
            var snapshot = state.keeper.snapshot
            snapshot.revision = state.revision
            return snapshot
        }
    }

    /// Forgets everything, for the bus cannot be reached.
    func unavailable(_ reason: StrapState.Reason) -> BlueZSnapshot {
        state.withLock { state in
            state.keeper.reset()
            state.revision += 1
            return BlueZSnapshot(revision: state.revision, unavailable: reason)
        }
    }

    /// Shows more devices from now on, given the mirror that ``follow(_:clock:show:)`` follows.
    func widen(to scope: DeviceScope, _ mirror: ObjectMirror?) async {
        state.withLock { $0.keeper.widen(to: scope) }
        await mirror?.announce()
    }

    func scanBegins(on adapter: ObjectPath) {
        state.withLock { $0.keeper.scanBegins(on: adapter) }
    }

    /// Returns whether the snapshot has changed.
    func scanEnded(on adapter: ObjectPath) -> Bool {
        state.withLock { $0.keeper.scanEnded(on: adapter) }
    }

    /// Calls `show` whenever there is something new to be seen, until the bus is lost (throws) or the task is cancelled
    /// (returns).
    func follow(
        _ mirror: ObjectMirror, clock: any Clock<Duration>, show: @escaping @Sendable () async -> Void
    ) async throws {
        // Only the fact of a change: a snapshot shows everything, so older changes need not be kept.
        let (now, nowInput) = AsyncThrowingStream.makeStream(
            of: Void.self, throwing: (any Error).self, bufferingPolicy: .bufferingNewest(1))
        let (soon, soonInput) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await mirror.observe { [weak self] update, objects in
            switch self?.take(update, of: objects) {
            case .now: nowInput.yield()
            case .soon: soonInput.yield()
            case nil: break
            }
        } finish: { error in
            nowInput.finish(throwing: error)
            soonInput.finish()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in soon {
                    await show()
                    try? await clock.sleep(for: Self.passingInterval)
                }
            }
            for try await _ in now { await show() }
            group.cancelAll()
        }
    }

    private func take(_ update: MirrorUpdate, of objects: MirroredObjects) -> SnapshotKeeper.Urgency? {
        state.withLock { $0.keeper.take(update, of: objects) }
    }
}
