import FoundationEssentials
import GRDB
import HeartRate

/// A reading as columns of the table `reading`.
enum ReadingRow {
    static let insert = """
        INSERT INTO reading (id, strap, boot, wall_ms, boot_ms, bpm, contact, energy_kj, rr)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// What ``entry(_:strap:)`` reads, in its order.
    static let columns = "reading.id, wall_ms, boot_ms, bpm, contact, energy_kj, rr"

    /// ``Reading/heartRate`` is not nil.
    static let isHeartRate = "bpm > 0 AND contact <> \(SensorContact.notDetected.rawValue)"

    static func arguments(_ entry: OutboxEntry, strapID: Int64, bootID: Int64) -> StatementArguments {
        let reading = entry.reading
        let measurement = reading.measurement
        return [
            entry.id, strapID, bootID, reading.measuredAtMilliseconds, reading.bootMilliseconds,
            Int64(measurement.beatsPerMinute), Int64(measurement.contact.rawValue),
            measurement.energyExpendedKilojoules.map { Int64($0) }, blob(measurement.rrIntervals),
        ]
    }

    /// Throws where a damaged file holds something else than was written.
    static func entry(_ row: Row, strap: String, ageClock: AgeClock = .boot) throws -> OutboxEntry {
        let rr = try row.decode(Data?.self, atIndex: 6)
        let energy = try row.decode(Int64?.self, atIndex: 5)
        return OutboxEntry(
            id: try number(row, 0),
            reading: Reading(
                strap: strap,
                measurement: HeartRateMeasurement(
                    beatsPerMinute: UInt16(clamping: try number(row, 3)),
                    contact: SensorContact(rawValue: UInt8(clamping: try number(row, 4))) ?? .unsupported,
                    energyExpendedKilojoules: energy.map { UInt16(clamping: $0) },
                    rrIntervals: rr.map(words) ?? []),
                measuredAtMilliseconds: try number(row, 1), bootMilliseconds: try number(row, 2)),
            ageClock: ageClock)
    }

    private static func number(_ row: Row, _ column: Int) throws -> Int64 {
        try row.decode(Int64.self, atIndex: column)
    }

    private static func blob(_ words: [UInt16]) -> Data? {
        guard !words.isEmpty else { return nil }
        return Data(words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    }

    private static func words(_ blob: Data) -> [UInt16] {
        let bytes = Array(blob)
        return stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
    }
}
