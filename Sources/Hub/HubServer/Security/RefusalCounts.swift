/// Limits the log lines of refused secrets: 10 a minute for one address, 100 for all. Further refusals are counted,
/// and the count becomes a line after the minute. So a stranger cannot flood the log, and the sum is complete.
struct RefusalCounts: Sendable {
    /// Refusals without a line of their own.
    struct Folded: Sendable {
        /// Nil for addresses beyond the capacity.
        let origin: SecurityOrigin?
        let count: Int
    }

    static let minuteMilliseconds: Int64 = 60_000
    static let linesPerAddress = 10
    static let linesOfAll = 100
    static let mostAddresses = 1000

    private struct Entry: Sendable {
        let startMilliseconds: Int64
        var origin: SecurityOrigin
        var lines = 0
        var folded = 0
    }

    private var entries: [PeerAddress.Network: Entry] = [:]
    /// The beginning of the minute of all addresses; nil before the first refusal.
    private var startMilliseconds: Int64?
    private var lines = 0
    private var foldedOfOthers = 0

    /// Whether to write a refusal; otherwise it is counted. `now` is of a clock without steps.
    mutating func shouldWrite(_ origin: SecurityOrigin, now: Int64) -> Bool {
        if hasMinutePassed(now: now) {
            startMilliseconds = now
            lines = 0
        }
        let network = origin.client.network
        guard var entry = entries[network] ?? newEntry(origin, now: now) else {
            foldedOfOthers += 1
            return false
        }
        defer { entries[network] = entry }
        entry.origin = origin
        guard entry.lines < Self.linesPerAddress, lines < Self.linesOfAll else {
            entry.folded += 1
            return false
        }
        entry.lines += 1
        lines += 1
        return true
    }

    /// The counts of past minutes; each is returned once.
    mutating func takeFolded(now: Int64) -> [Folded] {
        var folded: [Folded] = []
        for (network, entry) in entries where now - entry.startMilliseconds >= Self.minuteMilliseconds {
            entries[network] = nil
            if entry.folded > 0 { folded.append(Folded(origin: entry.origin, count: entry.folded)) }
        }
        // A thousand addresses may each have a count: one line for all of them.
        if folded.count > Self.linesOfAll {
            foldedOfOthers += folded.reduce(0) { $0 + $1.count }
            folded = []
        }
        if foldedOfOthers > 0, hasMinutePassed(now: now) {
            folded.append(Folded(origin: nil, count: foldedOfOthers))
            foldedOfOthers = 0
        }
        return folded
    }

    private func hasMinutePassed(now: Int64) -> Bool {
        startMilliseconds.map { now - $0 >= Self.minuteMilliseconds } ?? true
    }

    private func newEntry(_ origin: SecurityOrigin, now: Int64) -> Entry? {
        entries.count < Self.mostAddresses ? Entry(startMilliseconds: now, origin: origin) : nil
    }
}
