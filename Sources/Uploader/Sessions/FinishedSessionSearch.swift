package import Outbox
package import Timing

/// Finds each session once, when it is over: from one call to the next, and from one start of the program to the next.
///
/// A value: a caller that cannot keep what a step has found goes on with the value before it.
package struct FinishedSessionSearch: Sendable {
    /// What one step has found.
    package struct Step: Sendable, Equatable {
        package let sessions: [HeartRateSession]
        /// Where the next start of the program goes on.
        package let scan: SessionScan
        /// Whether `scan` is worth a write.
        package let isWorthKeeping: Bool
    }

    /// Without a session the place is kept after so many readings.
    private static let longestUnkeptWay: Int64 = 5_000

    private let outbox: OutboxReader
    private let time: any TimeSource
    private var scan: SessionScan
    private var position: Int64
    private var keptThroughID: Int64
    private var finder: SessionFinder?

    package init(_ outbox: OutboxReader, from scan: SessionScan, time: any TimeSource) {
        self.outbox = outbox
        self.time = time
        self.scan = scan
        position = scan.throughID
        keptThroughID = scan.throughID
    }

    /// Looks at all readings that have come since. Nil while the clock is not right: then no session is known to be
    /// over.
    /// - Throws: `OutboxError`.
    package mutating func step() async throws -> Step? {
        let reader = SessionReader(outbox, time: time)
        let boots = try await outbox.boots()
        let now = reader.now(boots)
        guard now.isClockTrusted else {
            // Readings will get other times.
            finder = nil
            position = scan.throughID
            return nil
        }
        var finder = self.finder ?? SessionFinder(now: now)
        finder.now = now
        var sessions: [HeartRateSession] = []
        while let page = try await outbox.wornReadings(after: position) {
            for reading in page.readings where reading.id > scan.handledThroughID[reading.strap] ?? 0 {
                if let session = finder.take(reading) { sessions.append(session) }
            }
            position = page.examined.upperBound
        }
        sessions = try await reader.described(sessions + finder.takeFinished(), boots).sorted { $0.id < $1.id }
        for session in sessions { scan.handledThroughID[session.strap] = session.last.id }
        scan.throughID = max(scan.throughID, finder.oldestOpenID.map { $0 - 1 } ?? position)
        self.finder = finder
        let isWorthKeeping = !sessions.isEmpty || scan.throughID - keptThroughID >= Self.longestUnkeptWay
        if isWorthKeeping { keptThroughID = scan.throughID }
        return Step(sessions: sessions, scan: scan, isWorthKeeping: isWorthKeeping)
    }
}
