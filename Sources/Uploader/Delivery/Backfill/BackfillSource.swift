import Logging
import Outbox

/// One backfill range of a lane.
struct BackfillSource: OutOfBandSource {
    let delivery: LaneDelivery
    let range: BackfillRange

    func read(after id: Int64, limit: Int) async throws -> LaneEntries {
        try await delivery.outbox.entries(of: range, in: delivery.lane, after: id, limit: limit)
    }

    func setAside(_ ids: [Int64], reason: String) async throws {
        try await delivery.outbox.setAside(ids, in: delivery.lane, reason: reason)
        delivery.logger.warning("readings set aside", metadata: ["readings": "\(ids.count)", "reason": "\(reason)"])
    }

    func acknowledge(through id: Int64) async throws {
        try await delivery.outbox.advance(range, through: id)
    }
}
