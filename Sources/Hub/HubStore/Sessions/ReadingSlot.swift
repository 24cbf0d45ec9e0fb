/// Five minutes of a user's readings, summed up: docs/decisions/0020-hub-sessions.md.
///
/// Two readings of one slot are less than ten minutes apart, so a slot is of one session, and the slots of a session
/// give it exactly. Five minutes divide the offsets of all time zones, so a slot is of one local day.
package struct ReadingSlot: Sendable, Equatable {
    package static let milliseconds: Int64 = 300_000
    private static let minuteMilliseconds: Int64 = 60_000

    /// Slots since the Unix epoch.
    package let number: Int64
    /// Of the first reading, in milliseconds since the Unix epoch.
    package private(set) var firstMilliseconds: Int64
    package private(set) var lastMilliseconds: Int64
    package private(set) var readings: Int
    /// Of all heart rates.
    package private(set) var rateSum: Int64
    package private(set) var lowestRate: Int
    package private(set) var highestRate: Int
    /// A bit for each of the five minutes that has a reading.
    package private(set) var minuteBits: Int
    /// RR intervals.
    package private(set) var intervals: Int

    package init(
        number: Int64, firstMilliseconds: Int64, lastMilliseconds: Int64, readings: Int, rateSum: Int64,
        lowestRate: Int, highestRate: Int, minuteBits: Int, intervals: Int
    ) {
        self.number = number
        self.firstMilliseconds = firstMilliseconds
        self.lastMilliseconds = lastMilliseconds
        self.readings = readings
        self.rateSum = rateSum
        self.lowestRate = lowestRate
        self.highestRate = highestRate
        self.minuteBits = minuteBits
        self.intervals = intervals
    }

    /// A slot with one reading.
    package init(_ reading: StoredReading) {
        let at = reading.measuredAtMilliseconds
        number = Self.number(ofMilliseconds: at)
        (firstMilliseconds, lastMilliseconds) = (at, at)
        readings = 1
        rateSum = Int64(reading.heartRate)
        (lowestRate, highestRate) = (reading.heartRate, reading.heartRate)
        minuteBits = 1 << Int((at - number * Self.milliseconds) / Self.minuteMilliseconds)
        intervals = 0
    }

    /// A slot with RR intervals of a reading that is counted already.
    package init(intervals: Int, of reading: StoredReading) {
        self.init(reading)
        (readings, rateSum, minuteBits) = (0, 0, 0)
        (lowestRate, highestRate) = (Int(UInt16.max), 0)
        self.intervals = intervals
    }

    package static func number(ofMilliseconds milliseconds: Int64) -> Int64 {
        let (quotient, rest) = milliseconds.quotientAndRemainder(dividingBy: Self.milliseconds)
        return rest < 0 ? quotient - 1 : quotient
    }

    package var startMilliseconds: Int64 { number * Self.milliseconds }
    package var averageRate: Double { readings == 0 ? 0 : Double(rateSum) / Double(readings) }
    /// Minutes with a reading.
    package var minutes: Int { minuteBits.nonzeroBitCount }

    /// Adds readings of the same five minutes.
    package mutating func add(_ other: ReadingSlot) {
        firstMilliseconds = min(firstMilliseconds, other.firstMilliseconds)
        lastMilliseconds = max(lastMilliseconds, other.lastMilliseconds)
        readings += other.readings
        rateSum += other.rateSum
        lowestRate = min(lowestRate, other.lowestRate)
        highestRate = max(highestRate, other.highestRate)
        minuteBits |= other.minuteBits
        intervals += other.intervals
    }
}
