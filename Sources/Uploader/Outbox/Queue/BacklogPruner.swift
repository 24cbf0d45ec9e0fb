/// Skips the expired readings of a lane, or of one of its backfill ranges: oldest first, up to the first that is not
/// expired.
///
/// It goes through the file in steps, so that appends need not wait long.
struct BacklogPruner {
    let laneID: Int64
    let strap: String
    /// Readings of one span expire together; 1 if each stands alone.
    let spanMilliseconds: Int64
    /// Nil for the lane itself: the readings after its cursor.
    let range: BackfillRange?
    private let end: Int64
    /// All readings up to here are skipped, or are none of the lane's.
    private(set) var position: Int64
    private(set) var skippedCount = 0
    /// Whether a reading was met that is not expired.
    private var hasReachedValid = false

    /// Skips readings of the lane after its cursor.
    init(laneID: Int64, strap: String, after cursor: Int64, through end: Int64, keepTogetherMilliseconds: Int64) {
        self.laneID = laneID
        self.strap = strap
        spanMilliseconds = max(1, keepTogetherMilliseconds)
        range = nil
        position = cursor
        self.end = end
    }

    /// Skips readings of a backfill range.
    init(laneID: Int64, strap: String, in range: BackfillRange, keepTogetherMilliseconds: Int64) {
        self.laneID = laneID
        self.strap = strap
        spanMilliseconds = max(1, keepTogetherMilliseconds)
        self.range = range
        position = range.after
        end = range.last
    }

    var isDone: Bool { position >= end || hasReachedValid }

    mutating func step(in store: inout OutboxStore, _ limit: AgeLimit) throws {
        var ids = position + 1...min(end, position + Outbox.idsPerScan)
        while true {
            do {
                let skipped = try store.skipExpired(laneID: laneID, strap: strap, range: range, in: ids, limit)
                skippedCount += skipped.count
                position = skipped.through
                hasReachedValid = position < ids.upperBound
                return
            } catch is UnreadableSector {
                // The delivery passes over those that cannot be read, and counts them.
                guard ids.count > 1 else { return hasReachedValid = true }
                ids = ids.prefixToRead
            }
        }
    }
}

/// Looks for the place where a lane's backlog is parted: the newest reading that is neither among the newest few nor
/// kept together with one of them. It goes through the file in steps, from the newest reading down.
struct EdgeScan {
    /// More are no bad sector, but a failed disk.
    private static let mostUnreadable = 1000

    private let strap: String
    private let start: Int64
    private var position: Int64
    private var search: EdgeSearch
    private var unreadable = 0

    /// Looks at the readings `start + 1...end`, for one below the newest `count`.
    init(of strap: String, below count: Int, after start: Int64, through end: Int64, keepTogetherMilliseconds: Int64) {
        self.strap = strap
        self.start = start
        position = end
        search = EdgeSearch(below: count, spanMilliseconds: max(1, keepTogetherMilliseconds))
    }

    var isDone: Bool { position <= start }

    /// Returns the reading; nil if this step has not found it.
    mutating func step(in store: inout OutboxStore) throws -> Int64? {
        var ids = max(start, position - Outbox.idsPerScan) + 1...position
        while true {
            var next = search
            do {
                if let edge = try store.edge(of: strap, in: ids, &next) { return edge }
                search = next
                break
            } catch let error as UnreadableSector {
                guard ids.count == 1 else {
                    ids = ids.suffixToRead
                    continue
                }
                unreadable += 1
                if unreadable > Self.mostUnreadable { throw error }
                break
            }
        }
        position = ids.lowerBound - 1
        return nil
    }
}
