package import Outbox
package import Sessions

/// The content of the outbox.
package struct OutboxReport: Codable, Equatable, Sendable {
    package var path: String
    /// Readings since the outbox was made.
    package var received: Int64?
    /// Readings that left undelivered because it was full.
    package var dropped: Int64?
    package var usedBytes: Int64?
    /// Readings that were lost undelivered because the file could not be written for so long that memory was full.
    package var lost: Int64?
    /// Why the uploader cannot write it, in a few words, and what to do about it; while it cannot.
    package var cannotWrite: String?
    var cannotWriteDetail: String?
    /// Readings in memory only, because they cannot be written.
    package var inMemory: Int?
    /// Files that were damaged, and moved aside.
    package var damagedFiles: [String]?
    /// Why it could not be looked into.
    package var problem: String?

    package init(
        path: String, received: Int64? = nil, dropped: Int64? = nil, usedBytes: Int64? = nil, lost: Int64? = nil,
        cannotWrite: String? = nil, cannotWriteDetail: String? = nil, inMemory: Int? = nil,
        damagedFiles: [String]? = nil, problem: String? = nil
    ) {
        self.path = path
        self.received = received
        self.dropped = dropped
        self.usedBytes = usedBytes
        self.lost = lost
        self.cannotWrite = cannotWrite
        self.cannotWriteDetail = cannotWriteDetail
        self.inMemory = inMemory
        self.damagedFiles = damagedFiles
        self.problem = problem
    }

    enum CodingKeys: String, CodingKey {
        case path, received, dropped, lost, problem
        case usedBytes = "used_bytes"
        case cannotWrite = "cannot_write"
        case cannotWriteDetail = "cannot_write_detail"
        case inMemory = "in_memory"
        case damagedFiles = "damaged_files"
    }
}

extension OutboxReport {
    /// What the uploader knows of its own outbox.
    package init(path: String, _ storage: StorageStatus) {
        self.init(path: path)
        lost = Int64(storage.lost)
        cannotWrite = storage.summary
        cannotWriteDetail = storage.problem
        inMemory = storage.problem == nil ? nil : storage.heldReadings
        let damaged = OutboxFile.damagedFiles(of: path)
        damagedFiles = damaged.isEmpty ? nil : damaged
    }
}

extension StatusReport {
    /// Adds what the outbox holds.
    package mutating func add(_ statistics: OutboxStatistics) {
        outbox.received = statistics.received
        outbox.dropped = statistics.dropped
        outbox.usedBytes = statistics.usedBytes
        // A running uploader knows of more than it could write.
        outbox.lost = max(outbox.lost ?? 0, statistics.lost)
        for lane in statistics.lanes {
            if let place = destinations.firstIndex(where: { $0.lane == lane.lane }) {
                destinations[place].waiting = lane.waiting
                destinations[place].setAside = lane.setAside
                destinations[place].tooOld = lane.expired
            } else if !isRunning {
                destinations.append(
                    DestinationReport(
                        strap: lane.lane.strap, destination: lane.lane.destination, waiting: lane.waiting,
                        setAside: lane.setAside, tooOld: lane.expired))
            }
        }
    }
}

extension StatusReport {
    /// Adds the sessions that run.
    package mutating func add(_ sessions: [HeartRateSession]) {
        for session in sessions {
            guard let place = straps.firstIndex(where: { $0.strap == session.strap }) else { continue }
            straps[place].session = StrapReport.RunningSession(
                id: session.id, startedAtMilliseconds: session.startMilliseconds,
                lengthMilliseconds: session.lengthMilliseconds)
        }
    }
}
