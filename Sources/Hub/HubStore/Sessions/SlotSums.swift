/// What the readings of one commit add to the slots.
struct SlotSums: Sendable {
    private struct Key: Hashable {
        let userID: Int64
        let slot: Int64
    }

    private var slots: [Key: ReadingSlot] = [:]

    /// Adds a reading that is new.
    mutating func add(_ reading: StoredReading) {
        add(ReadingSlot(reading), ofUser: reading.userID)
    }

    /// Adds RR intervals of a reading that is counted, in this commit or an earlier one.
    mutating func add(intervals: Int, of reading: StoredReading) {
        add(ReadingSlot(intervals: intervals, of: reading), ofUser: reading.userID)
    }

    private mutating func add(_ slot: ReadingSlot, ofUser userID: Int64) {
        let key = Key(userID: userID, slot: slot.number)
        if slots[key]?.add(slot) == nil { slots[key] = slot }
    }

    /// By user and slot: transactions that lock rows in one order cannot lock each other out.
    var sorted: [(userID: Int64, slot: ReadingSlot)] {
        slots.map { ($0.key.userID, $0.value) }.sorted { ($0.userID, $0.slot.number) < ($1.userID, $1.slot.number) }
    }
}
