import Logging
import Outbox

/// A gap that a lane has left behind.
struct GapSource: SideSource {
    let lane: LaneDelivery
    let gap: Gap

    func read(after id: Int64, limit: Int) async throws -> LaneEntries {
        try await lane.outbox.entries(of: gap, in: lane.lane, after: id, limit: limit)
    }

    func setAside(_ ids: [Int64], reason: String) async throws {
        try await lane.outbox.setAside(ids, in: lane.lane, reason: reason)
        lane.logger.warning("readings set aside", metadata: ["readings": "\(ids.count)", "reason": "\(reason)"])
    }

    func acknowledge(through id: Int64) async throws {
        try await lane.outbox.advance(gap, through: id)
    }
}
