package import Outbox
import Recordings

/// A workout or a measurement: a strap that was worn for some time.
package struct HeartRateSession: Sendable, Equatable {
    package enum State: String, Sendable {
        /// Its last heart rate is less than ten minutes old.
        case running
        case finished
        /// The machine's clock is not set yet: whether this session goes on in the next one will show then.
        case unsettled
    }

    package private(set) var first: WornReading
    package private(set) var last: WornReading
    package private(set) var readings = 1
    package private(set) var lengthMilliseconds: Int64 = 0
    package private(set) var lowest: UInt16
    package private(set) var highest: UInt16
    private var sum: Int

    package var state = State.running
    /// Whether it may prove to be a part of the session before it.
    var mayJoinEarlier = false
    /// Whether readings before its first one may be missing: they have left the history, or were lost.
    package var mayBeCut = false
    /// The kernel's id of the boot in which it began.
    package var bootName = ""

    init(_ first: WornReading) {
        (self.first, last) = (first, first)
        (lowest, highest) = (first.beatsPerMinute, first.beatsPerMinute)
        sum = Int(first.beatsPerMinute)
    }

    /// Nothing but the next heart rate of the strap, if ``SessionRule/joins(_:_:)``.
    mutating func append(_ next: WornReading) {
        lengthMilliseconds += SessionRule.distance(from: last, to: next) ?? 0
        last = next
        readings += 1
        lowest = min(lowest, next.beatsPerMinute)
        highest = max(highest, next.beatsPerMinute)
        sum += Int(next.beatsPerMinute)
    }

    package var isLongEnough: Bool {
        SessionRule.isSession(readings: readings, lengthMilliseconds: lengthMilliseconds)
    }

    package var strap: String { first.strap }
    /// The number of its first reading: no two sessions of an outbox have the same.
    package var id: Int64 { first.id }
    package var ids: ClosedRange<Int64> { first.id...max(first.id, last.id) }
    package var startMilliseconds: Int64 { first.wallMilliseconds }
    package var endMilliseconds: Int64 { startMilliseconds.addingReportingOverflow(lengthMilliseconds).partialValue }
    package var average: Int { (sum + readings / 2) / readings }

    /// The same for the same session, different for every other, also of another machine or outbox: services recognise
    /// a repeated upload by it.
    package var externalID: String { "strapline-\(bootName.prefix(8))-\(first.id)-\(last.id)" }
}
