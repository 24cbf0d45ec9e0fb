/// The outbox cannot write its file: why, and when it tries again.
struct StorageOutage {
    /// A short outage costs no more than this.
    static let firstWait: Duration = .seconds(1)
    /// A disk that was repaired or emptied is used again after this at the latest.
    static let longestWait: Duration = .seconds(10)
    /// How often loss is reported during an outage.
    static let reportInterval: Duration = .seconds(60)

    private(set) var error: OutboxError
    private var wait = firstWait
    private var sinceReported: Duration = .zero
    /// How many readings had been lost at the last report.
    private var reportedLost = 0

    init(_ error: OutboxError) {
        self.error = error
    }

    /// Whether the fault lies in the connection or the file, and does not end by itself.
    var needsNewConnection: Bool { error.code != .diskFull && error.code != .inUse }

    /// How long to wait before the next try.
    mutating func nextWait() -> Duration {
        defer { wait = min(wait * 2, Self.longestWait) }
        sinceReported += wait
        return wait
    }

    /// One more try has failed. Returns whether its reason is new.
    mutating func fail(_ error: OutboxError) -> Bool {
        defer { self.error = error }
        return error.code != self.error.code
    }

    /// How many readings were lost since the last report; nil if it is not yet time for a report.
    mutating func lossToReport(lost: Int) -> Int? {
        guard lost > reportedLost, sinceReported >= Self.reportInterval else { return nil }
        defer { (reportedLost, sinceReported) = (lost, .zero) }
        return lost - reportedLost
    }
}
