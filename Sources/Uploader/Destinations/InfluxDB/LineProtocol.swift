import HeartRate
import Outbox

/// Readings in InfluxDB's line protocol, one line each:
///
/// ```
/// heart_rate,strap=chest,device=Polar\ H10 bpm=72i,rr_ms="833.0 827.1",contact="detected" 1795539839120
/// ```
///
/// - Two straps differ by the tag `strap`: a server keeps one point for each set of tags and millisecond.
/// - `bpm` is always an integer. A server rejects one type where it has the other.
/// - `rr_ms` and `contact` are absent if the strap does not report them, because no value may be empty.
/// - Servers disagree about a backslash, and a control character can end a line. In a tag both become `%5C` and the
///   like.
///
/// The same reading always makes the same line, so that a repeated request changes nothing.
struct LineProtocol: Sendable {
    private let measurement: [UInt8]
    private let device: String

    /// `device` may be empty.
    init(measurement: String, device: String) {
        var bytes: [UInt8] = []
        Self.append(measurement, escaping: Array(", ".utf8), to: &bytes)
        self.measurement = bytes
        self.device = device
    }

    /// The lines of the readings that have a heart rate.
    func body(of readings: [Reading]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(readings.count * 100)
        var series: (strap: String, bytes: [UInt8])?
        for reading in readings {
            guard let heartRate = reading.heartRate else { continue }
            if series?.strap != reading.strap { series = (reading.strap, self.series(of: reading.strap)) }
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
            bytes += series?.bytes ?? []
            bytes += " bpm=\(heartRate)i".utf8
            Self.appendIntervals(of: reading, to: &bytes)
            if let hasContact = reading.hasContact {
                bytes += (hasContact ? ",contact=\"detected\"" : ",contact=\"not detected\"").utf8
            }
            bytes += " \(reading.measuredAtMilliseconds)".utf8
        }
        return bytes
    }

    /// The measurement with its tags.
    private func series(of strap: String) -> [UInt8] {
        var bytes = measurement
        for (key, value) in [("strap", strap), ("device", device)] where !value.isEmpty {
            bytes += ",\(key)=".utf8
            Self.append(value, escaping: Array(",= ".utf8), to: &bytes)
        }
        return bytes
    }

    /// In milliseconds with tenths, from which the strap's own 1/1024 s can be found again.
    private static func appendIntervals(of reading: Reading, to bytes: inout [UInt8]) {
        let intervals = reading.measurement.rrIntervals
        guard !intervals.isEmpty else { return }
        bytes += ",rr_ms=\"".utf8
        for (index, interval) in intervals.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: " ")) }
            let tenths = (Int(interval) * 10_000 + 512) / 1024
            bytes += "\(tenths / 10).\(tenths % 10)".utf8
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func append(_ text: String, escaping special: [UInt8], to bytes: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            if byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                if special.contains(byte) { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
        }
    }
}
