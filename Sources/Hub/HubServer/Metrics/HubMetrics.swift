import HubStore
import Synchronization

/// The ``HubCounts`` of a running hub. Requests, streams and SQLite's thread count at any moment and cannot wait, so
/// this is a lock around a value. No work is done under it.
final class HubMetrics: Sendable {
    private let state = Mutex(HubCounts())

    var counts: HubCounts { state.withLock { $0 } }

    func count(_ change: (inout HubCounts) -> Void) {
        state.withLock { change(&$0) }
    }

    func count(_ event: HubEvent) {
        count { counts in
            switch event {
            case .committed(let report): counts.committed(report)
            case .stored(let readings, _): counts.stored(readings)
            case .directoryChanged(_, let directory): counts.usersRemain(directory)
            case .missed: break
            }
        }
    }
}
