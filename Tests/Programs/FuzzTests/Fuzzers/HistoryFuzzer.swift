import Console
import HeartRate
import Outbox
import Replay

@testable import strapline

extension Fuzzer {
    /// Exported histories: a mistake is reported; readings are written in either format, and read again as the same.
    static let history = Fuzzer(name: "history") { bytes in
        let readings: [RecordedReading]
        do throws(HistoryReadingError) {
            readings = try RecordedHistory(bytes, path: "history").readings
        } catch {
            try hold(error.problem.count > 5, "a mistake is explained: \(error)")
            return
        }
        let entries = readings.enumerated().map { index, recorded in
            History.Record(
                entry: OutboxEntry(
                    id: Int64(index),
                    reading: Reading(
                        strap: recorded.strap, measurement: recorded.measurement,
                        measuredAtMilliseconds: recorded.measuredAtMilliseconds, bootMilliseconds: 0)),
                isClockTrusted: true)
        }
        for format in [HistoryFormat.csv, .jsonLines] where !entries.isEmpty {
            let text = format.header + entries.map(format.line).joined()
            let again = try RecordedHistory(Array(text.utf8), path: "written").readings
            try hold(again, is: readings, "it is read as it was written")
        }
    }
}
