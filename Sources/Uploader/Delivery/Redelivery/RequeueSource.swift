import Logging
import Outbox

/// A lane's requeued dead letters, for one pass.
struct RequeueSource: OutOfBandSource {
    let delivery: LaneDelivery
    private(set) var pass = RequeuePass()

    init(of delivery: LaneDelivery) {
        self.delivery = delivery
    }

    mutating func read(after id: Int64, limit: Int) async throws -> LaneEntries {
        let entries = try await delivery.outbox.requeued(in: delivery.lane, after: id, limit: limit)
        pass.note(entries)
        return entries
    }

    mutating func setAside(_ ids: [Int64], reason: String) async throws {
        try await delivery.outbox.setAside(ids, in: delivery.lane, reason: reason)
        pass.refuse(ids)
        delivery.logger.warning(
            "readings refused again", metadata: ["readings": "\(ids.count)", "reason": "\(reason)"])
    }

    mutating func acknowledge(through id: Int64) async throws {
        try await delivery.outbox.removeDeadLetters(pass.finish(through: id), in: delivery.lane)
    }
}
