import Timing

/// When one destination is asked again, as a value without a clock. Times are milliseconds since boot.
struct SessionUploadMachine: Sendable {
    static let backoff = Backoff(base: .seconds(15), cap: .seconds(900))
    /// A key may have been replaced.
    static let pauseMilliseconds: Int64 = 300_000

    private static let clockReason =
        "No session is known to be over before network time sets the clock. Check: timedatectl. Without network time: "
        + "strapline session upload"

    private(set) var status: SessionUploadStatus
    /// The session that failed last. The next ones go first: a service may fail for the file of this one alone.
    private(set) var lastFailedID: Int64 = 0
    private var failures = 0
    private var dueMilliseconds = Int64.min

    init(_ status: SessionUploadStatus) {
        self.status = status
    }

    func isDue(at now: Int64) -> Bool { dueMilliseconds <= now }

    /// An upload is under way. A destination that fails stays failing until one succeeds.
    mutating func begin(at now: Int64) {
        if status.state == .idle || status.state == .waitingForClock { change(to: .uploading, nil, now) }
    }

    /// No session waits.
    mutating func rest(at now: Int64) {
        // A rejection is worth knowing until the next upload.
        if status.state == .rejecting || status.state == .waitingForClock { return }
        change(to: .idle, nil, now)
        (failures, dueMilliseconds) = (0, .min)
    }

    mutating func waitForClock(at now: Int64) {
        if status.state == .idle { change(to: .waitingForClock, Self.clockReason, now) }
    }

    mutating func clockIsRight(at now: Int64) {
        if status.state == .waitingForClock { change(to: .idle, nil, now) }
    }

    /// `wait` draws the time after this many failures in a row.
    mutating func take(_ outcome: SessionUploadOutcome, of id: Int64, at now: Int64, wait: (Int) -> Duration) {
        switch outcome {
        case .uploaded:
            change(to: .idle, nil, now)
            status.lastSuccessAtBootMilliseconds = now
            (failures, dueMilliseconds) = (0, .min)
        case .refused(let reason):
            change(to: .rejecting, reason, now)
            (failures, dueMilliseconds) = (0, .min)
        case .pause(let reason):
            change(to: .paused, reason, now)
            dueMilliseconds = now + Self.pauseMilliseconds
        case .tryLater(let requested, let reason):
            change(to: .retrying, reason, now)
            lastFailedID = id
            failures += 1
            dueMilliseconds = now + Int64(max(wait(failures), requested ?? .zero) / .milliseconds(1))
        }
    }

    mutating func count(_ counts: SessionCounts) {
        (status.waiting, status.uploaded, status.setAside) = (counts.waiting, counts.uploaded, counts.setAside)
    }

    private mutating func change(to state: SessionUploadStatus.State, _ reason: String?, _ now: Int64) {
        if state != status.state { status.sinceBootMilliseconds = now }
        (status.state, status.reason) = (state, reason)
    }

    /// Sessions in each state.
    struct SessionCounts: Sendable {
        let waiting: Int
        let uploaded: Int
        let setAside: Int
    }
}
