import HeartRate

/// One thing that the outbox's file does not have yet.
///
/// Each stands in the spool as its length (4 bytes), its checksum (8) and its content, all numbers little-endian.
enum SpoolRecord: Equatable {
    case reading(OutboxEntry)
    /// Every reading up to this one is delivered, or set aside.
    case cursor(Lane, Int64)

    private enum Kind: UInt8 {
        case reading = 1
        case cursor = 2
    }

    func append(to bytes: inout [UInt8]) {
        var content = ByteWriter()
        switch self {
        case .reading(let entry):
            content.write(Kind.reading.rawValue)
            content.write(entry.id)
            content.write(entry.reading.measuredAtMilliseconds)
            content.write(entry.reading.bootMilliseconds)
            content.write(entry.reading.strap)
            content.bytes += entry.reading.measurement.encoded()
        case .cursor(let lane, let id):
            content.write(Kind.cursor.rawValue)
            content.write(id)
            content.write(lane.strap)
            content.write(lane.destination)
        }
        var head = ByteWriter()
        head.write(UInt32(content.bytes.count))
        head.write(Checksum.of(content.bytes))
        bytes += head.bytes + content.bytes
    }

    /// Those at the front that are whole.
    static func records(in bytes: ArraySlice<UInt8>) -> [SpoolRecord] {
        var records: [SpoolRecord] = []
        var rest = ByteReader(bytes)
        while let length: UInt32 = rest.read(), let checksum: UInt64 = rest.read(),
            let content = rest.read(count: Int(length)), Checksum.of(content) == checksum,
            let record = SpoolRecord(content)
        {
            records.append(record)
        }
        return records
    }

    private init?(_ content: ArraySlice<UInt8>) {
        var content = ByteReader(content)
        switch content.read().flatMap(Kind.init(rawValue:)) {
        case .reading:
            guard let id: Int64 = content.read(), let wall: Int64 = content.read(), let boot: Int64 = content.read(),
                let strap = content.readString(),
                let measurement = try? HeartRateMeasurement(decoding: content.rest)
            else { return nil }
            self = .reading(
                OutboxEntry(
                    id: id,
                    reading: Reading(
                        strap: strap, measurement: measurement, measuredAtMilliseconds: wall, bootMilliseconds: boot)))
        case .cursor:
            guard let id: Int64 = content.read(), let strap = content.readString(),
                let destination = content.readString()
            else { return nil }
            self = .cursor(Lane(strap: strap, destination: destination), id)
        case nil:
            return nil
        }
    }
}
