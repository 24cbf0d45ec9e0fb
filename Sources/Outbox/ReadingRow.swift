import FoundationEssentials
import GRDB
import HeartRate

/// A reading as columns of the table `reading`.
enum ReadingRow {
    static let insert = """
        INSERT INTO reading (strap, boot, wall_ms, boot_ms, bpm, contact, energy_kj, rr) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// What ``entry(_:strap:)`` reads, in its order.
    static let columns = "reading.id, wall_ms, boot_ms, bpm, contact, energy_kj, rr"

    /// ``Reading/heartRate`` is not nil.
    static let isHeartRate = "bpm > 0 AND contact <> \(SensorContact.notDetected.rawValue)"

    static func arguments(_ reading: Reading, strapID: Int64, bootID: Int64) -> StatementArguments {
        let measurement = reading.measurement
        return [
            strapID, bootID, reading.measuredAtMilliseconds, reading.bootMilliseconds,
            Int64(measurement.beatsPerMinute), Int64(measurement.contact.rawValue),
            measurement.energyExpendedKilojoules.map { Int64($0) }, blob(measurement.rrIntervals),
        ]
    }

    static func entry(_ row: Row, strap: String, ageClock: AgeClock = .boot) -> OutboxEntry {
        let rr: Data? = row[6]
        let energy: Int64? = row[5]
        return OutboxEntry(
            id: row[0],
            reading: Reading(
                strap: strap,
                measurement: HeartRateMeasurement(
                    beatsPerMinute: UInt16(clamping: row[3] as Int64),
                    contact: SensorContact(rawValue: UInt8(clamping: row[4] as Int64)) ?? .unsupported,
                    energyExpendedKilojoules: energy.map { UInt16(clamping: $0) },
                    rrIntervals: rr.map(words) ?? []),
                measuredAtMilliseconds: row[1], bootMilliseconds: row[2]), ageClock: ageClock)
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
