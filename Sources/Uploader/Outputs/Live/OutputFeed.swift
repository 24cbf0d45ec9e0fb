package import Logging
import Synchronization
package import Timing

/// What one output reads its values from, and reports its success to. It has one reader.
///
/// ```swift
/// while let update = await feed.next() {
///     for strap in update.straps where strap.isChanged { try await show(strap) }
///     feed.sent()
/// }
/// ```
///
/// There is no queue: each update is the present. The last update says that every strap is
/// ``LiveStrap/Absence/stopped``, so that such a loop clears its output at the end.
package final class OutputFeed: Sendable {
    /// The name of the output in the configuration.
    package let name: String
    private let live: LiveStraps
    private let id: Int
    private let clock: any Clock<Duration>
    private let time: any TimeSource
    private let logger: Logger
    private let health: Mutex<OutputHealth>

    /// For an output of this strap; nil for all.
    package init(
        name: String, strap: String?, of live: LiveStraps, clock: any Clock<Duration>, time: any TimeSource,
        logger: Logger
    ) {
        self.name = name
        self.live = live
        id = live.addMark(of: strap)
        self.clock = clock
        self.time = time
        self.logger = logger
        health = Mutex(OutputHealth(since: time.now().bootMilliseconds))
    }

    deinit {
        live.removeMark(id)
    }

    /// Waits until something has changed, for at most `wait`, and returns the present. The first update comes at once.
    /// Nil after the last update, and if the task is cancelled. The wait may take longer by the tolerance; without one,
    /// by the clock's own.
    package func next(within wait: Duration? = nil, tolerance: Duration? = nil) async -> OutputUpdate? {
        if !live.isChanged(for: id) {
            let limits = [wait, live.timeUntilStale].compactMap(\.self)
            if let limit = limits.min() {
                try? await withTimeout(limit, tolerance: tolerance, clock: clock) { [live, id] in
                    await live.wait(for: .anyChange, as: id)
                }
            } else {
                await live.wait(for: .anyChange, as: id)
            }
        }
        guard !Task.isCancelled, let update = live.take(id) else { return nil }
        health.withLock { $0.note(isLive: update.straps.contains { $0.reading != nil }) }
        return update
    }

    /// Reports that the values of the last update are sent. With UDP that is no more than sent.
    package func sent() {
        let hadFailed = health.withLock { $0.sent(at: time.now().bootMilliseconds) }
        if hadFailed { logger.notice("the output works again", metadata: metadata()) }
    }

    /// Reports that values cannot be sent now. `reason` is a sentence with the next step, and without secrets.
    package func failed(_ reason: String) {
        let isNew = health.withLock { $0.failed(reason, at: time.now().bootMilliseconds) }
        if isNew { logger.warning("the output fails", metadata: metadata(["reason": "\(reason)"])) }
    }

    /// With one subject for both lines: of an output that fails now and then the log has the newest state.
    private func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        more.merging(["subject": "output", "output": "\(name)"]) { $1 }
    }

    package var status: OutputStatus { health.withLock { $0.status(of: name) } }

    /// Whether the output shows a heart rate, as far as it knows.
    var showsValue: Bool { health.withLock(\.showsValue) }

    /// The next update comes at once, and shows every strap as changed.
    func rewind() { live.rewind(id) }

    /// Whether the next update is the last one, or was.
    package var isEnding: Bool { live.isEnding(id) }

    /// Waits before the next attempt. False if the output is to end before that.
    package func pause(_ wait: Duration) async -> Bool {
        do {
            try await withTimeout(wait, clock: clock) { [live, id] in await live.wait(for: .ending, as: id) }
            return false
        } catch is TimedOut {
            return true
        } catch {
            return false
        }
    }

    /// The next update is the last one.
    func end(_ ending: OutputEnding) { live.end(id, ending) }
}
