import Glibc
import HeartRate
package import Outbox
import Pulsoid

/// Reads the outbox repeatedly, and returns the readings acknowledged since the last look.
package struct OutboxFollower {
    /// The changes since the last look.
    struct Look {
        var acknowledged: [AcknowledgedReading] = []
        var passedOver: [Lane: Int] = [:]
        var refused: [Lane: Int] = [:]
        var wasClockSet = false
        /// Whether the file was replaced: the acknowledgements in between are unknown.
        var wasReplaced = false
    }

    private let path: String
    private var reader: OutboxReader
    /// The number of the file on its disk.
    private var fileNumber: UInt64?
    private let lanes: Set<Lane>
    private var last: OutboxProgress

    /// Throws ``OutboxError`` where there is no outbox to look into.
    package init(path: String, lanes: Set<Lane>) async throws {
        self.path = path
        fileNumber = Self.fileNumber(path)
        reader = try OutboxReader(path: path)
        self.lanes = lanes
        last = try await reader.progress()
    }

    /// The lanes that are to be watched, and that no uploader has ever had.
    var unknownLanes: [Lane] { lanes.subtracting(last.lanes.map(\.lane)).sorted { $0.description < $1.description } }

    mutating func look() async throws -> Look {
        if let found = Self.fileNumber(path), found != fileNumber, let other = try? OutboxReader(path: path) {
            (reader, fileNumber) = (other, found)
            last = try await reader.progress()
            return Look(wasReplaced: true)
        }
        let now = try await reader.progress()
        var look = Look()
        look.wasClockSet = now.isClockTrusted && !last.isClockTrusted
        for lane in now.lanes where lanes.contains(lane.lane) {
            guard let before = last.lanes.first(where: { $0.lane == lane.lane }) else { continue }
            look.passedOver[lane.lane] = max(0, lane.expired - before.expired)
            look.refused[lane.lane] = lane.setAside.subtracting(before.setAside).count
            var ids = before.waiting.subtracting(lane.waiting)
            // A requeued reading that is no dead letter any more was delivered after all.
            for id in before.setAside.subtracting(lane.setAside) { ids.insert(contentsOf: id..<id + 1) }
            for entry in try await reader.heartRates(of: lane.lane.strap, in: ids)
            where !lane.setAside.contains(entry.id) {
                look.acknowledged.append(AcknowledgedReading(entry, lane.lane))
            }
        }
        last = now
        return look
    }

    private static func fileNumber(_ path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    /// The readings that wait, as of the last look, and that may have been shown already: in flight, or sent and not
    /// answered.
    func inFlightAtOpen() async throws -> Set<PendingReading.Key> {
        var inFlightAtOpen: Set<PendingReading.Key> = []
        for lane in last.lanes where lanes.contains(lane.lane) {
            inFlightAtOpen.formUnion(lane.setAside.map { PendingReading.Key(lane: lane.lane, id: $0) })
            let first = try await reader.heartRates(
                of: lane.lane.strap, in: lane.waiting, limit: PulsoidDestination.requestsInFlight)
            inFlightAtOpen.formUnion(first.map { PendingReading.Key(lane: lane.lane, id: $0.entry.id) })
        }
        return inFlightAtOpen
    }
}

extension AcknowledgedReading {
    fileprivate init(_ entry: History.Record, _ lane: Lane) {
        self.init(
            id: entry.id, lane: lane, measuredAtMilliseconds: entry.reading.measuredAtMilliseconds,
            beatsPerMinute: Int(entry.reading.measurement.beatsPerMinute), isClockTrusted: entry.isClockTrusted)
    }
}
