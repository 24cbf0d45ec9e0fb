import FoundationEssentials
import Glibc
import HeartRate
import TestKit
import Testing

@testable import Outbox
@testable import Sessions

@Suite struct HRVHistoryTests {
    private let folder = TemporaryDirectory()

    private var history: HRVHistory { HRVHistory(path: folder.file("state/hrv.jsonl")) }

    private func record(_ strap: String = "anna", at milliseconds: Int64 = 1_767_225_600_000) throws -> HRVRecord {
        var measurement = HRVMeasurement(durationMilliseconds: 60_000)
        for second in 0..<60 {
            let reading = Reading(
                strap: strap,
                measurement: HeartRateMeasurement(
                    beatsPerMinute: 60, contact: .detected, rrIntervals: [second.isMultiple(of: 2) ? 1000 : 1048]),
                measuredAtMilliseconds: milliseconds + Int64(second) * 1000, bootMilliseconds: Int64(second) * 1000)
            try measurement.take(
                History.Record(entry: OutboxEntry(id: Int64(second), reading: reading), isClockTrusted: true))
        }
        return HRVRecord(measurement, atMilliseconds: milliseconds)
    }

    @Test func measurement_isKept_forThisUserOnly() throws {
        #expect(history.records().isEmpty)
        let record = try record()
        #expect(record.isReliable && record.averageRate == 60 && record.seconds == 60)
        try history.append(record)
        try history.append(try self.record("ben"))
        #expect(history.records().map(\.strap) == ["anna", "ben"])
        #expect(history.records(ofStrap: "anna") == [record])
        var status = stat()
        #expect(stat(history.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    /// A power cut may leave the beginning of a line.
    @Test func measurement_afterATornLine_standsOnALineOfItsOwn() throws {
        try history.append(try record())
        let data = try Data(contentsOf: URL(filePath: history.path))
        try (data + Data(#"{"at":"2026"#.utf8)).write(to: URL(filePath: history.path))
        try history.append(try record("ben"))
        #expect(history.records().map(\.strap) == ["anna", "ben"])
    }

    @Test func history_thatCannotBeWritten_saysWhy() throws {
        let error = #expect(throws: HRVHistory.Failure.self) {
            try HRVHistory(path: "/proc/none/hrv.jsonl").append(try record())
        }
        #expect(error?.description.contains("/proc/none/hrv.jsonl cannot be written: ") == true)
    }

    @Test func table_showsEachMeasurement() throws {
        #expect(HRVHistoryText.lines(of: []) == ["No measurement yet: strapline hrv --for 3m"])
        let lines = HRVHistoryText.lines(of: [try record()])
        #expect(lines.count == 2 && lines[1].contains("anna") && lines[1].contains("46.9 ms"), "\(lines)")
    }
}
