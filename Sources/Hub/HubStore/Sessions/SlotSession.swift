import Recordings

/// A run of slots without ten minutes' pause.
package struct SlotSession: Sendable, Equatable {
    package private(set) var startMilliseconds: Int64
    package private(set) var endMilliseconds: Int64
    package private(set) var readings: Int
    package private(set) var rateSum: Int64
    package private(set) var lowestRate: Int
    package private(set) var highestRate: Int
    /// With a reading.
    package private(set) var minutes: Int
    /// RR intervals.
    package private(set) var intervals: Int

    init(_ slot: ReadingSlot) {
        (startMilliseconds, endMilliseconds) = (slot.firstMilliseconds, slot.lastMilliseconds)
        (readings, rateSum) = (slot.readings, slot.rateSum)
        (lowestRate, highestRate) = (slot.lowestRate, slot.highestRate)
        (minutes, intervals) = (slot.minutes, slot.intervals)
    }

    package var averageRate: Double { Double(rateSum) / Double(max(1, readings)) }
    package var lengthMilliseconds: Int64 { endMilliseconds - startMilliseconds }
    package var isLongEnough: Bool {
        SessionRule.isSession(readings: readings, lengthMilliseconds: lengthMilliseconds)
    }

    /// Whether its last reading is less than ten minutes old.
    package func isRunning(atMilliseconds now: Int64) -> Bool {
        SessionRule.joins(afterMilliseconds: now - endMilliseconds)
    }

    /// Whether the slot is a part of it. The slot is before or after all of it.
    func joins(_ slot: ReadingSlot) -> Bool {
        SessionRule.joins(
            afterMilliseconds: max(
                slot.firstMilliseconds - endMilliseconds, startMilliseconds - slot.lastMilliseconds))
    }

    mutating func add(_ slot: ReadingSlot) {
        startMilliseconds = min(startMilliseconds, slot.firstMilliseconds)
        endMilliseconds = max(endMilliseconds, slot.lastMilliseconds)
        readings += slot.readings
        rateSum += slot.rateSum
        lowestRate = min(lowestRate, slot.lowestRate)
        highestRate = max(highestRate, slot.highestRate)
        minutes += slot.minutes
        intervals += slot.intervals
    }
}

/// Finds the sessions in slots that ascend or descend.
package struct SlotSessionFinder: Sendable {
    private var open: SlotSession?

    package init() {}

    /// Returns the session that is over because of this slot.
    package mutating func take(_ slot: ReadingSlot) -> SlotSession? {
        guard slot.readings > 0 else { return nil }
        guard var session = open else {
            open = SlotSession(slot)
            return nil
        }
        if session.joins(slot) {
            session.add(slot)
            open = session
            return nil
        }
        open = SlotSession(slot)
        return session.isLongEnough ? session : nil
    }

    /// The session of the last slots, when there are no more.
    package func last() -> SlotSession? { open.flatMap { $0.isLongEnough ? $0 : nil } }
}
