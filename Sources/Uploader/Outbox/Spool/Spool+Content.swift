extension Spool {
    /// The content of a spool: readings, oldest first, and how far lanes have come since the file was written.
    struct Content: Equatable {
        var entries: [OutboxEntry] = []
        var cursors: [Lane: Int64] = [:]

        /// Without the readings that the file has, where `newest` is its newest.
        func after(_ newest: Int64) -> Content {
            Content(entries: entries.filter { $0.id > newest }, cursors: cursors)
        }

        /// How far the lane has come.
        func cursor(of lane: Lane, inFile cursor: Int64) -> Int64 { max(cursor, cursors[lane] ?? 0) }

        /// The readings of the strap to upload that come after `id`.
        func heartRates(of strap: String, after id: Int64) -> [OutboxEntry] {
            entries.filter { $0.id > id && $0.reading.strap == strap && $0.reading.heartRate != nil }
        }
    }
}
