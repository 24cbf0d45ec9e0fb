/// The outages of the file: the present one, the refusals that wait for its end, and the readings that were lost.
///
/// It decides when to report and when to retry; the outbox does so.
struct OutageRecovery {
    /// How often a file that takes everything is looked for at its path, with the readings that come.
    private static let lookIntervalMilliseconds: Int64 = 10_000
    /// A disk that fails again and again is reported no more often.
    private static let reportIntervalMilliseconds: Int64 = 60_000
    /// A disk that garbles all data must not be filled with files that were moved aside.
    private static let moveAsideIntervalMilliseconds: Int64 = 600_000
    /// Refusals that wait for the file. A lane with more waits itself.
    static let heldRefusalLimit = 1000

    /// A refusal by a destination that the file has not got yet.
    struct Refusal {
        let ids: [Int64]
        let lane: Lane
        let reason: String
        let atMilliseconds: Int64
    }

    /// Not nil while the file cannot be written.
    private(set) var outage: StorageOutage?
    /// Whether the present outage was reported.
    private(set) var isReported = true
    private(set) var refusals: [Refusal] = []
    var lost = LostReadings()
    private var reportedAtMilliseconds: Int64?
    private var lookedAtMilliseconds: Int64
    private var movedAsideAtMilliseconds: Int64?

    /// `fault` is an error of the start. Times are of the clock that never steps.
    init(fault: OutboxError?, atMilliseconds now: Int64) {
        outage = fault.map(StorageOutage.init)
        lookedAtMilliseconds = now
    }

    /// Begins an outage. Returns whether to report it.
    mutating func begin(_ error: OutboxError, atMilliseconds now: Int64) -> Bool {
        outage = StorageOutage(error)
        isReported = reportedAtMilliseconds.map { now - $0 >= Self.reportIntervalMilliseconds } ?? true
        if isReported { reportedAtMilliseconds = now }
        return isReported
    }

    /// How long to wait before the next try; nil when there is no outage.
    mutating func nextWait() -> Duration? { outage?.nextWait() }

    /// One more try has failed. Returns whether that is news, and how many lost readings to report now.
    mutating func fail(_ error: OutboxError) -> (isNews: Bool, loss: Int?) {
        (outage?.fail(error) == true, outage?.lossToReport(lost: lost.total))
    }

    mutating func end() {
        outage = nil
    }

    /// Keeps a refusal in memory. Returns false if there are too many.
    mutating func hold(_ refusal: Refusal) -> Bool {
        guard refusals.count < Self.heldRefusalLimit else { return false }
        refusals.append(refusal)
        return true
    }

    mutating func removeFirstRefusal() {
        refusals.removeFirst()
    }

    /// Whether to look now whether the file is still at its path.
    mutating func isTimeToLook(atMilliseconds now: Int64) -> Bool {
        guard outage == nil, now - lookedAtMilliseconds >= Self.lookIntervalMilliseconds else { return false }
        lookedAtMilliseconds = now
        return true
    }

    /// Whether a damaged file may be moved aside now.
    mutating func mayMoveAside(atMilliseconds now: Int64) -> Bool {
        if let last = movedAsideAtMilliseconds, now - last < Self.moveAsideIntervalMilliseconds { return false }
        movedAsideAtMilliseconds = now
        return true
    }
}

/// Readings that were lost since the start, and how many of them the file has counted.
struct LostReadings {
    /// A destination still awaited them.
    private(set) var awaited = 0
    /// They were delivered everywhere: only the history lacks them.
    private(set) var passed = 0
    private var counted = (awaited: 0, passed: 0)

    var total: Int { awaited + passed }
    var uncounted: (awaited: Int, passed: Int) { (awaited - counted.awaited, passed - counted.passed) }

    mutating func add(awaited: Int, passed: Int) {
        self.awaited += awaited
        self.passed += passed
    }

    /// Adds an awaited reading that the file has counted already.
    mutating func addCounted() {
        awaited += 1
        counted.awaited += 1
    }

    /// The file has counted all of them.
    mutating func markCounted() {
        counted = (awaited, passed)
    }
}
