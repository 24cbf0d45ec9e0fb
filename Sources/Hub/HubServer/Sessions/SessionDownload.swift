import DateFormats
import HeartRate
import HubAPI
import HubStore
import Recordings

/// The files of a session that other programs read. The same readings give the same bytes.
enum SessionDownload: String, Sendable, CaseIterable {
    case fit, tcx, csv, rr
    case hrvLogger = "hrv-logger"
    case kubios

    var contentType: String {
        switch self {
        case .fit: "application/octet-stream"
        case .tcx: "application/xml"
        case .csv, .hrvLogger: "text/csv; charset=utf-8"
        case .rr, .kubios: "text/plain; charset=utf-8"
        }
    }

    private var suffix: String {
        switch self {
        case .fit: ".fit"
        case .tcx: ".tcx"
        case .csv: ".csv"
        case .rr: "-rr.txt"
        case .hrvLogger: "-hrv-logger.csv"
        case .kubios: "-kubios.txt"
        }
    }

    /// `2026-11-29-0702.fit`, by local time.
    func fileName(of startMilliseconds: Int64, _ offsets: LocalOffsets) -> String {
        let local = ISO8601.text(
            milliseconds: startMilliseconds + Int64(offsets.seconds(at: startMilliseconds)) * 1000)
        return "\(local.prefix(10))-\(local.dropFirst(11).prefix(5).replacing(":", with: ""))\(suffix)"
    }

    /// Nil if the format has nothing but RR intervals, and there are none.
    func bytes(of readings: [DetailedReading], user: User, _ offsets: LocalOffsets) -> [UInt8]? {
        guard let format = RecordingFormat(rawValue: rawValue) else { return Self.table(of: readings) }
        return format.bytes(
            of: Recording(readings, ofUser: user), localOffsetSeconds: { offsets.seconds(at: $0) })
    }

    /// Each reading as it came, like `strapline export --format csv`.
    private static func table(of readings: [DetailedReading]) -> [UInt8] {
        var text = "measured_at,measured_at_ms,bpm,contact,rr_ms\n"
        for reading in readings {
            let measurement = reading.measurement
            text += ISO8601.text(milliseconds: reading.measuredAtMilliseconds)
            text += ",\(reading.measuredAtMilliseconds),\(measurement.beatsPerMinute)"
            text += ",\(MeasurementFormatter.word(for: measurement.contact)),"
            text += measurement.rrIntervals.map(MeasurementFormatter.milliseconds).joined(separator: " ") + "\n"
        }
        return Array(text.utf8)
    }
}
