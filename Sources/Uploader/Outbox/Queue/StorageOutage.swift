/// The outbox cannot write its file: why, and when it tries again.
struct StorageOutage {
    /// What is soon over costs no more than this.
    static let firstWait: Duration = .seconds(1)
    /// A disk that was mended, or emptied, is used again after this at the latest.
    static let longestWait: Duration = .seconds(10)
    /// How often loss is told while it goes on.
    static let tellInterval: Duration = .seconds(60)

    private(set) var error: OutboxError
    private var wait = firstWait
    private var sinceTold: Duration = .zero
    /// How many readings had been lost when that was last told.
    private var toldLost = 0

    init(_ error: OutboxError) {
        self.error = error
    }

    /// What is wrong with the connection or with the file, and does not end by itself.
    var needsNewConnection: Bool { error.code != .diskFull && error.code != .inUse }

    /// How long to wait before the next try.
    mutating func nextWait() -> Duration {
        defer { wait = min(wait * 2, Self.longestWait) }
        sinceTold += wait
        return wait
    }

    /// One more try has failed. Says whether that is news.
    mutating func fail(_ error: OutboxError) -> Bool {
        defer { self.error = error }
        return error.code != self.error.code
    }

    /// How many readings were lost since the last time, when it is time to tell.
    mutating func lossToTell(lost: Int) -> Int? {
        guard lost > toldLost, sinceTold >= Self.tellInterval else { return nil }
        defer { (toldLost, sinceTold) = (lost, .zero) }
        return lost - toldLost
    }
}
