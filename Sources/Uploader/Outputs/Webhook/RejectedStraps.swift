import Timing

/// The straps whose last call was rejected by the receiver. Each waits, and the others go on.
struct RejectedStraps {
    private struct Rejection {
        var failures = 0
        /// Whether the call had a heart rate. A call of the other kind does not wait.
        var hasHeartRate = false
        var dueMilliseconds: Int64 = 0
    }

    private static let backoff = Backoff(base: .seconds(1), cap: .seconds(30))

    private var straps: [String: Rejection] = [:]

    var count: Int { straps.count }

    /// Until the first of them is called again; nil without any. Times are milliseconds since boot.
    func wait(from now: Int64) -> Duration? {
        straps.values.map { .milliseconds(max(0, $0.dueMilliseconds - now)) }.min()
    }

    func holdsBack(_ strap: LiveStrap, at now: Int64) -> Bool {
        guard let rejection = straps[strap.name] else { return false }
        return rejection.hasHeartRate == (strap.reading != nil) && now < rejection.dueMilliseconds
    }

    mutating func add(_ strap: LiveStrap, at now: Int64) {
        var rejection = straps[strap.name] ?? Rejection()
        rejection.failures = rejection.hasHeartRate == (strap.reading != nil) ? rejection.failures + 1 : 1
        rejection.hasHeartRate = strap.reading != nil
        let wait = Self.backoff.ceiling(afterFailures: rejection.failures)
        rejection.dueMilliseconds = now + Int64(wait / .milliseconds(1))
        straps[strap.name] = rejection
    }

    mutating func remove(_ strap: LiveStrap) {
        straps[strap.name] = nil
    }

    /// Forgets all other straps.
    mutating func keep(_ names: [String]) {
        straps = straps.filter { names.contains($0.key) }
    }
}
