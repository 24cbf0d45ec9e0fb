package import BlueZ
import HRV
package import Outbox
import Synchronization
package import Timing

/// The present of all straps, shared by the receiver of readings and the outputs.
///
/// A lock around a ``LiveStrapTable``: a new reading costs the receiver a microsecond, whatever the outputs do.
package final class LiveStraps: Sendable {
    /// What an output waits for.
    enum Occasion: Sendable {
        case anyChange, ending
    }

    private struct Waiter {
        let occasion: Occasion
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var table: LiveStrapTable
        var waiting: [Int: Waiter] = [:]

        func isTime(_ occasion: Occasion, for id: Int) -> Bool {
            switch occasion {
            case .anyChange: table.isChanged(for: id)
            case .ending: table.isEnding(id)
            }
        }

        /// Takes the outputs that need not wait any more.
        mutating func takeReady() -> [Waiter] {
            let ready = waiting.filter { isTime($0.value.occasion, for: $0.key) }
            for id in ready.keys { waiting[id] = nil }
            return Array(ready.values)
        }
    }

    private let state: Mutex<State>
    /// By strap. Apart from the state: a reading never waits for a computation.
    private let variability = Mutex<[String: VariabilityCache]>([:])
    private let time: any TimeSource

    package convenience init(straps: [String], time: any TimeSource) {
        self.init(straps: straps, time: time, freshMilliseconds: LiveStrapTable.freshMilliseconds)
    }

    /// A reading is shown for this long at most.
    init(straps: [String], time: any TimeSource, freshMilliseconds: Int64) {
        state = Mutex(State(table: LiveStrapTable(straps: straps, freshMilliseconds: freshMilliseconds)))
        self.time = time
    }

    /// Shows these straps from now on. Known straps keep their values, except those in `newDevices`.
    package func follow(_ straps: [String], newDevices: Set<String>) {
        variability.withLock { caches in
            caches = caches.filter { straps.contains($0.key) && !newDevices.contains($0.key) }
        }
        update { $0.follow(straps, newDevices: newDevices) }
    }

    /// Takes an event. For a measurement, `reading` is the same with its stamp.
    package func take(_ event: StrapEvent, _ reading: Reading? = nil) {
        let ready = state.withLock { state in
            state.table.take(event, reading) && !state.waiting.isEmpty ? state.takeReady() : []
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// All straps as they are now, in the order of the configuration, for a reader that is no output.
    package var now: [LiveStrap] {
        state.withLock { $0.table.snapshot(at: time.now()) }.map(withVariability)
    }

    private func withVariability(_ strap: LiveStrap) -> LiveStrap {
        guard let reading = strap.reading else { return strap }
        var strap = strap
        strap.variability = variability(of: strap.name, atMilliseconds: reading.bootMilliseconds)
        return strap
    }

    private func variability(of strap: String, atMilliseconds now: Int64) -> LiveVariability? {
        if let known = variability.withLock({ $0[strap]?.values(atMilliseconds: now) }) { return known }
        guard let beats = state.withLock({ $0.table.beats(of: strap) }) else { return nil }
        return variability.withLock { caches in
            // Another reader may have been faster.
            caches[strap]?.values(atMilliseconds: now)
                ?? caches[strap, default: VariabilityCache()].update(from: beats, atMilliseconds: now)
        }
    }

    // MARK: Feeds

    func addMark(of strap: String?) -> Int { state.withLock { $0.table.addMark(of: strap) } }

    func removeMark(_ id: Int) { update { $0.removeMark(id) } }

    func rewind(_ id: Int) { state.withLock { $0.table.rewind(id) } }

    func end(_ id: Int, _ ending: OutputEnding) { update { $0.end(id, ending) } }

    func take(_ id: Int) -> OutputUpdate? {
        state.withLock { $0.table.take(id, at: time.now()) }.map { update in
            OutputUpdate(straps: update.straps.map(withVariability), ending: update.ending)
        }
    }

    func isChanged(for id: Int) -> Bool { state.withLock { $0.table.isChanged(for: id) } }

    func isEnding(_ id: Int) -> Bool { state.withLock { $0.table.isEnding(id) } }

    /// How long until the first live strap is too old; nil without one.
    var timeUntilStale: Duration? {
        state.withLock { $0.table.millisecondsUntilStale(from: time.now()) }.map { .milliseconds($0) }
    }

    /// Returns at the occasion, or when the task is cancelled. An output waits once at a time.
    func wait(for occasion: Occasion, as id: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard !state.isTime(occasion, for: id) else { return false }
                    state.waiting[id] = Waiter(occasion: occasion, continuation: continuation)
                    return true
                }
                if !mustWait { return continuation.resume() }
                // The handler may have run before the continuation was there.
                if Task.isCancelled { stopWaiting(id) }
            }
        } onCancel: {
            stopWaiting(id)
        }
    }

    private func stopWaiting(_ id: Int) {
        state.withLock { $0.waiting.removeValue(forKey: id) }?.continuation.resume()
    }

    private func update(_ change: (inout LiveStrapTable) -> Void) {
        let ready = state.withLock { state in
            change(&state.table)
            return state.takeReady()
        }
        for waiter in ready { waiter.continuation.resume() }
    }
}
