package import HubAPI

/// Sessions, days and mornings of users' readings, and their profiles. All methods throw ``HubStoreError``.
///
/// Nothing here reads the readings of more than one session: longer times come from ``ReadingSlot``s.
package struct SessionStore: Sendable {
    /// A page of sessions, the newest first.
    package struct Page: Sendable {
        package let sessions: [SlotSession]
        /// The `before` of the next page; nil at the end.
        package let next: Int64?
    }

    /// Slots that one request reads: a year without a pause.
    package static let searchedSlots = 110_000
    private static let batch = 2000

    private let database: HubDatabase

    init(_ database: HubDatabase) {
        self.database = database
    }

    // MARK: Sessions

    /// Sessions that began before a time and have no reading before `earliest`, the newest first. Each is whole, also
    /// one that goes on after `before`: up to a week later.
    package func sessions(
        ofUser userID: Int64, before: Int64, from earliest: Int64, limit: Int
    ) async throws -> Page {
        try await database.read { db in
            var finder = SlotSessionFinder()
            var sessions: [SlotSession] = []
            let start = Self.wholeSlots(from: earliest)
            var end = try Self.endOfSession(ofUser: userID, before: before, from: start, db)
            let isWanted = { (session: SlotSession) in session.startMilliseconds < before }
            for _ in 0..<Self.searchedSlots / Self.batch {
                let slots = try ReadingSlotTable.slots(
                    ofUser: userID, start..<end, newestFirst: true, limit: Self.batch, db)
                for slot in slots {
                    guard let session = finder.take(slot), isWanted(session) else { continue }
                    sessions.append(session)
                    if sessions.count == limit { return Page(sessions: sessions, next: session.startMilliseconds) }
                }
                end = slots.last?.number ?? end
                guard slots.count == Self.batch else {
                    return Page(sessions: sessions + [finder.last()].compactMap(\.self).filter(isWanted), next: nil)
                }
            }
            return Page(
                sessions: sessions + [finder.last()].compactMap(\.self).filter(isWanted),
                next: end * ReadingSlot.milliseconds)
        }
    }

    /// The slot after the last session that began before a moment, or after all slots up to it.
    private static func endOfSession(
        ofUser userID: Int64, before moment: Int64, from start: Int64, _ db: any SQLSession
    ) throws -> Int64 {
        let end = max(start, ReadingSlot.number(ofMilliseconds: moment - 1) + 1)
        let newest = try ReadingSlotTable.slots(ofUser: userID, start..<end, newestFirst: true, limit: 1, db).first
        guard let newest, newest.readings > 0 else { return end }
        var session = SlotSession(newest)
        try extend(&session, ofUser: userID, end..<Int64.max, newestFirst: false, batches: 1, db)
        return max(end, ReadingSlot.number(ofMilliseconds: session.endMilliseconds) + 1)
    }

    /// The session that has a moment; nil if there is none. It begins at `earliest` at the earliest.
    package func session(ofUser userID: Int64, at moment: Int64, from earliest: Int64) async throws -> SlotSession? {
        try await database.read { db in
            let start = Self.wholeSlots(from: earliest)
            let number = ReadingSlot.number(ofMilliseconds: moment)
            guard start <= number,
                let seed = try ReadingSlotTable.slots(
                    ofUser: userID, start..<number + 1, newestFirst: true, limit: 1, db
                ).first, seed.readings > 0
            else { return nil }
            var session = SlotSession(seed)
            try Self.extend(&session, ofUser: userID, start..<seed.number, newestFirst: true, db)
            try Self.extend(&session, ofUser: userID, seed.number + 1..<Int64.max, newestFirst: false, db)
            let isIn = session.startMilliseconds <= moment && moment <= session.endMilliseconds
            return isIn && session.isLongEnough ? session : nil
        }
    }

    private static func extend(
        _ session: inout SlotSession, ofUser userID: Int64, _ numbers: Range<Int64>, newestFirst: Bool,
        batches: Int = searchedSlots / batch, _ db: any SQLSession
    ) throws {
        var rest = numbers
        for _ in 0..<batches {
            let slots = try ReadingSlotTable.slots(
                ofUser: userID, rest, newestFirst: newestFirst, limit: batch, db)
            for slot in slots where slot.readings > 0 {
                guard session.joins(slot) else { return }
                session.add(slot)
            }
            guard slots.count == batch, let last = slots.last else { return }
            rest = newestFirst ? rest.lowerBound..<last.number : last.number + 1..<rest.upperBound
        }
    }

    /// The first slot that has nothing from before a moment.
    private static func wholeSlots(from milliseconds: Int64) -> Int64 {
        ReadingSlot.number(ofMilliseconds: milliseconds + ReadingSlot.milliseconds - 1)
    }

    /// The slots of a time, in order; ``searchedSlots`` at most.
    package func slots(ofUser userID: Int64, _ time: Range<Int64>) async throws -> [ReadingSlot] {
        let start = Self.wholeSlots(from: time.lowerBound)
        let end = max(start, ReadingSlot.number(ofMilliseconds: time.upperBound - 1) + 1)
        return try await database.read { db in
            try ReadingSlotTable.slots(
                ofUser: userID, start..<end, newestFirst: false, limit: Self.searchedSlots, db)
        }
    }

    // MARK: One session

    /// The time at each heart rate, in milliseconds. A reading counts until the next one, for ten seconds at most.
    package func rateTimes(ofUser userID: Int64, _ time: Range<Int64>) async throws -> [Int: Int64] {
        try await database.read { try ReadingTable.rateTimes(ofUser: userID, time, $0) }
    }

    /// Readings with contact and RR intervals, in order, `limit` at most.
    package func readings(
        ofUser userID: Int64, _ time: Range<Int64>, limit: Int
    ) async throws -> [DetailedReading] {
        try await database.read { try ReadingDetailTable.readings(ofUser: userID, time, limit: limit, $0) }
    }

    /// The readings of several times.
    package func readings(ofUser userID: Int64, _ times: [Range<Int64>]) async throws -> [[DetailedReading]] {
        try await database.read { db in
            try times.map { try ReadingDetailTable.readings(ofUser: userID, $0, limit: .max, db) }
        }
    }

    // MARK: Profile

    /// The user's own maximum heart rate; nil if it is not set.
    package func maximumHeartRate(ofUser userID: Int64) async throws -> Int? {
        try await database.read { try ProfileTable.maximumHeartRate(ofUser: userID, $0) }
    }

    /// - Returns: false for a token that is not the user's own.
    package func setMaximumHeartRate(_ rate: Int?, ofUser userID: Int64, by token: TokenHash) async throws -> Bool {
        try await database.write { db in
            guard try ProfileTable.isOwners(token, db) else { return false }
            try ProfileTable.setMaximumHeartRate(rate, ofUser: userID, db)
            return true
        }
    }

    // MARK: Upkeep

    /// Sums up some readings of an earlier version.
    /// - Returns: false if there are none.
    package func summarizeSome() async throws -> Bool {
        guard try await database.read({ try ReadingSlotTable.hasBacklog($0) }) else { return false }
        return try await database.writeAsOfOneMoment { try ReadingSlotTable.rebuildSome($0) }
    }
}
