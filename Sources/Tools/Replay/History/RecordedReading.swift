import DateFormats
package import HeartRate
import PulsoidAPI
import TextFormats

/// A reading as `strapline outbox export` wrote it, as far as it can be sent again. See ``HistoryFormat``.
package struct RecordedReading: Equatable {
    package let strap: String
    package let measuredAtMilliseconds: Int64
    package let measurement: HeartRateMeasurement

    /// From 1970 to 9999. No reading has a time beyond, and sums with it could overflow.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_999

    /// The end of a sentence about a line.
    package struct Problem: Error, Equatable {
        package let text: String

        package init(_ text: String) {
            self.text = text
        }
    }

    /// Takes the values by the names of the format. Optional ones may be missing.
    package init(
        strap: String?, measuredAtMilliseconds milliseconds: Int64?, measuredAt: String?, bpm: Int?, contact: String?
    ) throws(Problem) {
        self.strap = strap ?? ""
        guard let time = milliseconds ?? measuredAt.flatMap({ ISO8601.milliseconds($0) }) else {
            if let measuredAt { throw Problem("measured_at is no time: \(measuredAt.printable())") }
            throw Problem("measured_at_ms is missing, and measured_at as well")
        }
        guard Self.times.contains(time) else {
            throw Problem("measured_at_ms is no time since 1970, in milliseconds: \(time)")
        }
        measuredAtMilliseconds = time
        guard let bpm else { throw Problem("bpm is missing") }
        guard let rate = UInt16(exactly: bpm) else { throw Problem("bpm is no heart rate: \(bpm)") }
        var felt = SensorContact.unsupported
        if let contact, !contact.isEmpty {
            guard let known = SensorContact.allCases.first(where: { MeasurementFormatter.word(for: $0) == contact })
            else {
                let words = SensorContact.allCases.map { MeasurementFormatter.word(for: $0) }.joined(separator: ", ")
                throw Problem("contact is none of \(words): \(contact.printable())")
            }
            felt = known
        }
        measurement = HeartRateMeasurement(beatsPerMinute: rate, contact: felt)
    }
}
