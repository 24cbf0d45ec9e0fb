import Outbox

/// The readings that one pass over requeued dead letters has read, and their outcomes.
struct RequeuePass {
    /// Read, without an outcome yet, in order of arrival.
    private var open: [Int64] = []
    private var refused: Set<Int64> = []
    private(set) var deliveredCount = 0

    mutating func note(_ read: LaneEntries) {
        // A window that was full reads its last span again.
        let last = open.last ?? 0
        open += read.entries.map(\.id).filter { $0 > last }
    }

    mutating func refuse(_ ids: [Int64]) {
        refused.formUnion(ids)
    }

    /// The readings up to this id that the service has accepted. Only readings of this pass: one that is requeued
    /// during the pass is sent in the next.
    mutating func finish(through id: Int64) -> [Int64] {
        let passed = open.prefix { $0 <= id }
        open.removeFirst(passed.count)
        let delivered = passed.filter { refused.remove($0) == nil }
        deliveredCount += delivered.count
        return delivered
    }
}
