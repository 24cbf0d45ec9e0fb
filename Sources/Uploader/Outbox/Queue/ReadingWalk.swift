/// A walk over the readings of the file, oldest first, that goes round those that the disk cannot read.
///
/// They stay in the file, with some of their neighbours: SQLite reads those too when it removes readings.
struct ReadingWalk {
    /// About as many as a page of the file holds.
    private static let readingsOfAPage: Int64 = 32
    /// The walk ends at more, because a bad disk takes long for each.
    private static let mostBadPlaces = 64

    private let end: Int64
    /// The walk goes on after this id.
    private(set) var position: Int64
    private var limit = OutboxStore.readingsPerStep
    /// How often it went round readings.
    private(set) var badPlaces = 0

    /// Walks from the reading after `position` to `end`.
    init(after position: Int64 = 0, through end: Int64) {
        self.position = position
        self.end = end
    }

    /// Takes the next step that can be taken. `body` gets the place and the most readings of the step, and returns
    /// where it stopped; nil ends the walk.
    /// - Throws: ``UnreadableSector`` if the disk cannot read the end either, and what `body` throws.
    mutating func step(
        in store: inout OutboxStore,
        _ body: (_ store: inout OutboxStore, _ position: Int64, _ limit: Int64) throws -> Int64?
    ) throws -> Bool {
        while position < end {
            do {
                guard let next = try body(&store, position, limit) else { return false }
                position = next
                return true
            } catch let error as UnreadableSector {
                if limit > 1 {
                    limit = limit > Self.readingsOfAPage ? Self.readingsOfAPage : 1
                    continue
                }
                guard try store.canReadOn(after: end) else { throw error }
                badPlaces += 1
                guard badPlaces <= Self.mostBadPlaces else { return false }
                position = try firstPlaceToReadOn(in: store)
                limit = OutboxStore.readingsPerStep
            }
        }
        return false
    }

    /// The place behind the bad one. Bisects, because a page that cannot be read does not show its ids.
    private func firstPlaceToReadOn(in store: OutboxStore) throws -> Int64 {
        var (bad, good) = (position, end)
        while good - bad > 1 {
            let middle = bad + (good - bad) / 2
            if try store.canReadOn(after: middle) { good = middle } else { bad = middle }
        }
        return good
    }
}
