import Logging
import Outbox

/// A lane's requeued dead letters, for one pass.
struct RequeueSource: OutOfBandSource {
    let lane: LaneDelivery
    private(set) var pass = RequeuePass()

    init(of lane: LaneDelivery) {
        self.lane = lane
    }

    mutating func read(after id: Int64, limit: Int) async throws -> LaneEntries {
        let entries = try await lane.outbox.requeued(in: lane.lane, after: id, limit: limit)
        pass.note(entries)
        return entries
    }

    mutating func setAside(_ ids: [Int64], reason: String) async throws {
        try await lane.outbox.setAside(ids, in: lane.lane, reason: reason)
        pass.refuse(ids)
        lane.logger.warning("readings refused again", metadata: ["readings": "\(ids.count)", "reason": "\(reason)"])
    }

    mutating func acknowledge(through id: Int64) async throws {
        try await lane.outbox.removeDeadLetters(pass.finish(through: id), in: lane.lane)
    }
}
