import Logging
import Outbox

/// One backfill range of a lane.
struct BackfillSource: OutOfBandSource {
    let lane: LaneDelivery
    let range: BackfillRange

    func read(after id: Int64, limit: Int) async throws -> LaneEntries {
        try await lane.outbox.entries(of: range, in: lane.lane, after: id, limit: limit)
    }

    func setAside(_ ids: [Int64], reason: String) async throws {
        try await lane.outbox.setAside(ids, in: lane.lane, reason: reason)
        lane.logger.warning("readings set aside", metadata: ["readings": "\(ids.count)", "reason": "\(reason)"])
    }

    func acknowledge(through id: Int64) async throws {
        try await lane.outbox.advance(range, through: id)
    }
}
