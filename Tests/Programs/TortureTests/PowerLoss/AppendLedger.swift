import Outbox

/// The readings that a recorded outbox must have at each moment, and its writes to the disk.
struct AppendLedger {
    let durability: Durability
    private(set) var powerCut = PowerCut()
    private(set) var logSyncs = 0
    private(set) var mainSyncs = 0
    private(set) var bytesWritten = 0
    /// The longest time between the append of a reading and its sync.
    private(set) var longestUnsyncedNanoseconds: UInt64 = 0
    /// Appended readings that are not synced yet.
    private var unsynced: [Int64: Int64] = [:]
    private var unsyncedSince: UInt64?

    init(durability: Durability) {
        self.durability = durability
    }

    mutating func take(_ event: DiskRecording.Event, nanoseconds: UInt64) {
        switch event {
        case .said(let line):
            guard case .appended(let id, let number) = HelperRecording.Told(line) else { return }
            powerCut.newestTold = id
            switch durability {
            case .powerLoss: powerCut.owed[id] = number
            case .processCrash:
                unsynced[id] = number
                unsyncedSince = unsyncedSince ?? nanoseconds
            }
        case .synced(.log):
            logSyncs += 1
            // The outbox's thread writes and syncs: earlier reports are in the log by now.
            powerCut.owed.merge(unsynced) { $1 }
            unsynced.removeAll()
            if let since = unsyncedSince.take() {
                longestUnsyncedNanoseconds = max(longestUnsyncedNanoseconds, nanoseconds - since)
            }
        case .synced(.main): mainSyncs += 1
        case .written(_, let bytes, _): bytesWritten += bytes.count
        case .synced, .created, .truncated, .unlinked: break
        }
    }
}
