import HeartRate

/// The readings appended last, so that a lane that keeps up need not read them back from the file.
struct RecentEntries {
    /// Three seconds of 20 straps that notify four times a second: some 30 kB.
    static let capacity = 256

    private var entries: [OutboxEntry] = []
    /// Everything after this id is in ``entries``.
    private(set) var completeAfter: Int64

    init(completeAfter: Int64) {
        self.completeAfter = completeAfter
    }

    mutating func append(_ entry: OutboxEntry) {
        if entries.count == Self.capacity {
            // Half at once, so that an append does not move all of them each time.
            completeAfter = entries[Self.capacity / 2 - 1].id
            entries.removeFirst(Self.capacity / 2)
        }
        entries.append(entry)
    }

    /// What the file has is no longer what was appended.
    mutating func forget(through id: Int64) {
        entries.removeAll()
        completeAfter = id
    }

    /// The readings of `strap` to upload after `id`, at most `limit`; nil when the file has to be asked.
    func entries(of strap: String, after id: Int64, limit: Int) -> [OutboxEntry]? {
        guard id >= completeAfter else { return nil }
        let first = entries.reversed().prefix { $0.id > id }.count
        return Array(
            entries.suffix(first).lazy
                .filter { $0.reading.strap == strap && $0.reading.heartRate != nil }
                .prefix(limit))
    }
}
