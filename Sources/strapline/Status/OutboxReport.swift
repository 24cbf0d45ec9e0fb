import Outbox

/// What is in the outbox.
struct OutboxReport: Codable, Equatable, Sendable {
    var path: String
    /// Readings since the outbox was made.
    var received: Int64?
    /// Readings that left undelivered because it was full.
    var dropped: Int64?
    var usedBytes: Int64?
    /// Why it could not be looked into.
    var problem: String?

    enum CodingKeys: String, CodingKey {
        case path, received, dropped, problem
        case usedBytes = "used_bytes"
    }
}

extension StatusReport {
    /// Adds what the outbox holds.
    mutating func add(_ statistics: OutboxStatistics) {
        outbox.received = statistics.received
        outbox.dropped = statistics.dropped
        outbox.usedBytes = statistics.usedBytes
        for lane in statistics.lanes {
            if let place = destinations.firstIndex(where: { $0.lane == lane.lane }) {
                destinations[place].waiting = lane.waiting
                destinations[place].setAside = lane.setAside
                destinations[place].tooOld = lane.tooOld
            } else if !isRunning {
                destinations.append(
                    DestinationReport(
                        strap: lane.lane.strap, destination: lane.lane.destination, waiting: lane.waiting,
                        setAside: lane.setAside, tooOld: lane.tooOld))
            }
        }
    }
}
