import Console
import DateFormats
import FoundationEssentials
import HeartRate
package import Outbox
import PulsoidAPI
import TextFormats

/// Readings as lines of text, for other programs. Both formats name the same things.
///
/// | name             | unit and meaning |
/// | ---------------- | ---------------- |
/// | `id`             | the order of arrival |
/// | `measured_at`    | when, as ISO 8601 in UTC or with the offset of this machine's time zone |
/// | `measured_at_ms` | the same in milliseconds since the Unix epoch |
/// | `clock_set`      | `true` when the machine's clock was right; else the time is what a wrong one showed |
/// | `strap`          | its name in the configuration |
/// | `bpm`            | beats per minute; 0 where the strap found no rate |
/// | `contact`        | `detected`, `not-detected` or `unsupported` |
/// | `energy_kj`      | kilojoules expended; empty or `null` where the strap did not say |
/// | `rr_ms`          | RR intervals in milliseconds, with spaces between them or as an array |
///
/// A strap counts RR intervals in 1/1024 s: a tenth of a millisecond is enough to get back what it sent.
package struct HistoryFormat: Sendable, Equatable {
    package static let csv = HistoryFormat(.csv)
    package static let jsonLines = HistoryFormat(.json)

    package enum Form: String, CaseIterable, Sendable {
        /// RFC 4180, with a line feed alone at the end of a line.
        case csv
        /// One JSON object per line.
        case json
    }

    /// How `measured_at` is written.
    package enum Zone: Sendable {
        case utc, local
    }

    package let form: Form
    package var zone: Zone = .utc

    package init(_ form: Form, zone: Zone = .utc) {
        self.form = form
        self.zone = zone
    }

    /// The line above all others; empty for none.
    package var header: String {
        switch form {
        case .csv: "id,measured_at,measured_at_ms,clock_set,strap,bpm,contact,energy_kj,rr_ms\n"
        case .json: ""
        }
    }

    package func line(_ entry: History.Record) -> String {
        let id = entry.id
        let reading = entry.reading
        let measurement = reading.measurement
        let milliseconds = reading.measuredAtMilliseconds
        let time =
            zone == .utc ? ISO8601.text(milliseconds: milliseconds) : WallTime.iso8601(ofMilliseconds: milliseconds)
        let contact = MeasurementFormatter.word(for: measurement.contact)
        let energy = measurement.energyExpendedKilojoules.map { "\($0)" }
        let intervals = measurement.rrIntervals.map(MeasurementFormatter.milliseconds)
        switch form {
        case .csv:
            return "\(id),\(time),\(milliseconds),\(entry.isClockTrusted),\(Self.cell(reading.strap)),"
                + "\(measurement.beatsPerMinute),\(contact),\(energy ?? ""),\(intervals.joined(separator: " "))\n"
        case .json:
            return #"{"id":\#(id),"measured_at":"\#(time)","measured_at_ms":\#(milliseconds),"#
                + #""clock_set":\#(entry.isClockTrusted),"strap":\#(Self.quoted(reading.strap)),"#
                + #""bpm":\#(measurement.beatsPerMinute),"contact":"\#(contact)","energy_kj":\#(energy ?? "null"),"#
                + #""rr_ms":[\#(intervals.joined(separator: ","))]}"# + "\n"
        }
    }

    private static func cell(_ text: String) -> String {
        let isBare =
            text.first != " " && text.last != " "
            && !text.unicodeScalars.contains { [",", ";", "|", "\t", "\"", "\n", "\r"].contains($0) }
        if isBare { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func quoted(_ text: String) -> String {
        (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self).jsonWithoutControls() } ?? "null"
    }
}
