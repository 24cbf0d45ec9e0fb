import HubStore

/// The hours of the morning whose calmest five minutes give the day's heart rate variability.
struct MorningWindow: Sendable, Equatable {
    /// A minute of a slow heart.
    static let leastIntervals = 50
    /// Ten a second: no strap sends more, and the readings of all mornings are in memory at once.
    static let most = 3000
    static let usual = MorningWindow(hours: 4..<10)

    /// Local hours.
    let hours: Range<Int>

    init(hours: Range<Int>) {
        self.hours = hours
    }

    /// Of `4-10`; nil for a text of another form.
    init?(_ text: String) {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let from = numbers[0], let to = numbers[1], 0 <= from, from < to, to <= 24
        else { return nil }
        self.init(hours: from..<to)
    }

    /// For each local day the slot with the lowest average heart rate of those with enough RR intervals; of equal ones
    /// the first. Slots ascend.
    func calmest(of slots: some Sequence<ReadingSlot>, _ offsets: LocalOffsets) -> [ReadingSlot] {
        var calmest: [(day: Int64, slot: ReadingSlot)] = []
        for slot in slots where (1...Self.most).contains(slot.readings) {
            guard (Self.leastIntervals...Self.most).contains(slot.intervals) else { continue }
            let hour = offsets.hour(at: slot.startMilliseconds)
            guard Double(hours.lowerBound) <= hour, hour < Double(hours.upperBound) else { continue }
            let day = offsets.day(at: slot.startMilliseconds)
            if let last = calmest.last, last.day == day {
                if slot.averageRate < last.slot.averageRate { calmest[calmest.count - 1].slot = slot }
            } else {
                calmest.append((day, slot))
            }
        }
        return calmest.map(\.slot)
    }
}
