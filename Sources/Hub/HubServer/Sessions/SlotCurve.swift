import HubAPI
import HubStore

/// Curve and time at each heart rate of a session that is too long to be read: from averages of five minutes.
struct SlotCurve: Sendable {
    private static let slotSeconds = ReadingSlot.milliseconds / 1000
    private static let minuteMilliseconds: Int64 = 60_000

    let resolutionSeconds: Int64
    let points: [ReadingHistory.Point]
    /// The minutes with a reading, at the average of their slot.
    let rateTimes: [Int: Int64]

    /// `slots` ascend; the curve has `most` points at most, and two more at its ends.
    init(_ slots: [ReadingSlot], points most: Int64) {
        let count = slots.last.flatMap { last in slots.first.map { last.number - $0.number + 1 } } ?? 0
        let length = max(1, (count + most - 1) / most)
        resolutionSeconds = length * Self.slotSeconds
        var groups: [ReadingSlot] = []
        var rateTimes: [Int: Int64] = [:]
        for slot in slots where slot.readings > 0 {
            rateTimes[Int(slot.averageRate.rounded()), default: 0] += Int64(slot.minutes) * Self.minuteMilliseconds
            if let last = groups.last, last.number / length == slot.number / length {
                groups[groups.count - 1].add(slot)
            } else {
                groups.append(slot)
            }
        }
        self.rateTimes = rateTimes
        points = groups.map { group in
            ReadingHistory.Point(
                atMilliseconds: group.number / length * length * ReadingSlot.milliseconds,
                minimumBPM: group.lowestRate, averageBPM: group.averageRate, maximumBPM: group.highestRate,
                count: group.readings)
        }
    }
}
