/// The last appended readings: those that the file does not have yet, and some that it has, so that a lane without a
/// backlog need not read the file.
struct RecentEntries {
    /// Of those that the file has: three seconds of 20 straps that notify four times a second, some 30 kB.
    static let capacity = 256
    /// Of those that it has not, while the disk fails: as many as the spool holds, and as may wait in front of the
    /// outbox (`HeartRateCentral`).
    static let unwrittenLimit = Spool.limit
    /// How many are removed at once, so that an append does not move all of them each time.
    static let leavingStep = 128

    private var entries: [OutboxEntry] = []
    /// Everything after this id is in ``entries``, or lost.
    private(set) var completeAfter: Int64
    /// The newest reading in the file.
    private(set) var writtenThrough: Int64

    init(completeAfter: Int64) {
        self.completeAfter = completeAfter
        writtenThrough = completeAfter
    }

    /// The readings that the file does not have, oldest first.
    var unwritten: ArraySlice<OutboxEntry> { entries[place(after: writtenThrough)...] }

    mutating func append(_ entry: OutboxEntry) {
        let written = place(after: writtenThrough)
        if entries.count >= Self.capacity, written >= Self.leavingStep {
            let leaving = min(written, entries.count - Self.capacity / 2)
            completeAfter = entries[leaving - 1].id
            entries = Array(entries.dropFirst(leaving))
        }
        entries.append(entry)
    }

    /// The file has all up to this id, or, after a new file was begun, no more than that.
    mutating func written(through id: Int64) {
        writtenThrough = id
        completeAfter = min(completeAfter, id)
    }

    /// Removes some readings if too many wait for the file: the oldest of those for which `isPassed` is true, else the
    /// oldest. Returns how many of either.
    mutating func makeRoom(isPassed: (OutboxEntry) -> Bool) -> (passed: Int, awaited: Int) {
        let first = place(after: writtenThrough)
        guard entries.count - first > Self.unwrittenLimit else { return (0, 0) }
        var passed = 0
        var kept: [OutboxEntry] = []
        kept.reserveCapacity(entries.count)
        for entry in entries[first...] {
            if passed < Self.leavingStep, isPassed(entry) { passed += 1 } else { kept.append(entry) }
        }
        let awaited = passed > 0 ? 0 : Self.leavingStep
        entries.replaceSubrange(first..., with: kept.dropFirst(awaited))
        return (passed, awaited)
    }

    /// The file's readings are no longer the appended ones.
    mutating func forgetWritten() {
        entries.removeFirst(place(after: writtenThrough))
        completeAfter = max(completeAfter, writtenThrough)
    }

    mutating func changeReadings(_ change: (Reading) -> Reading) {
        entries = entries.map { OutboxEntry(id: $0.id, reading: change($0.reading)) }
    }

    /// The readings of `strap` to upload after `id`, at most `limit`; nil if they must be read from the file.
    func entries(of strap: String, after id: Int64, limit: Int) -> [OutboxEntry]? {
        guard id >= completeAfter else { return nil }
        return Array(
            entries[place(after: id)...].lazy
                .filter { $0.reading.strap == strap && $0.reading.heartRate != nil }
                .prefix(limit))
    }

    /// Where the readings after `id` begin.
    private func place(after id: Int64) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id > id { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
