import Postgres
import Synchronization
import Timing

/// Handles the log `hub_event` strictly in order, on the thread of the connection that listens. So this hub's own
/// commits reach its streams in the same order as those of other hubs, each exactly once.
final class HubLogReader: Sendable {
    static let channel = "strapline"
    private static let rowsPerQuery = 1000
    /// All tables are read as of one moment.
    private static let beginSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    private struct State {
        var isFollowing = false
        /// Nil before the first connection that follows.
        var handled: HandledEntries?
        var lastBeat = ContinuousClock.now
        var status = ServerStatus()
        var isKeeper = false
    }

    private let cache: DirectoryCache
    /// Compared with the server's clock; nil if it is the server's.
    private let time: (any TimeSource)?
    private let isSingleCopy: Bool
    // Only the connection's thread changes the entries. No work is done under the lock.
    private let state = Mutex(State())

    init(_ cache: DirectoryCache, time: (any TimeSource)?, isSingleCopy: Bool) {
        self.cache = cache
        self.time = time
        self.isSingleCopy = isSingleCopy
    }

    var status: ServerStatus {
        state.withLock { state in
            var status = state.status
            status.heartbeatAgeSeconds = (.now - state.lastBeat) / .seconds(1)
            return status
        }
    }

    /// Since the database answered; zero if nothing follows the log.
    var silence: Duration { state.withLock { $0.isFollowing ? .now - $0.lastBeat : .zero } }

    /// Whether this hub deletes old measurements for all hubs.
    var isKeeper: Bool { state.withLock { $0.isKeeper } }

    // MARK: Following

    func start() {
        state.withLock { state in
            state.isFollowing = true
            state.handled = nil
            state.lastBeat = .now
        }
    }

    func stop() {
        state.withLock { state in
            state.isFollowing = false
            state.isKeeper = false
        }
    }

    /// On a new connection: listens, and handles the entries that were missed since the last one.
    func begin(_ connection: PostgresConnection) throws {
        let (isFollowing, handled) = state.withLock { state in
            state.isKeeper = false
            return (state.isFollowing, state.handled)
        }
        guard isFollowing else { return }
        try connection.listen(to: Self.channel)
        if let handled {
            try handleMissed(from: handled.firstAwaited, connection)
        } else {
            try skipEarlier(connection)
        }
        try refreshDirectory(connection)
    }

    /// Handles everything that the server has sent.
    func step(_ connection: PostgresConnection) throws {
        guard state.withLock({ $0.isFollowing }) else { return }
        var notifications = try connection.takeNotifications()
        while !notifications.isEmpty {
            for notification in notifications where notification.channel == Self.channel {
                guard let notice = HubLogNotice(payload: notification.payload), !isHandled(notice.number) else {
                    continue
                }
                if let body = try notice.body ?? body(of: notice.number, connection) { try handle(body, connection) }
                noteHandled(notice.number)
            }
            notifications = try connection.takeNotifications()
        }
    }

    /// Asks the server whether it is still a safe primary, and for the state of its standbys.
    func beat(_ connection: PostgresConnection) throws {
        let server = try connection.readServerState()
        guard !server.isInRecovery else { throw PostgresError(.noPrimary) }
        guard isSingleCopy || server.isSafe else { throw PostgresError(.noStandby, "no standby streams") }
        try measureClock(connection)
        let keeps = try isKeeper || takeUpkeep(connection)
        let row = try connection.run(
            """
            SELECT (SELECT extract(epoch FROM max(flush_lag))::double precision FROM pg_stat_replication
                    WHERE sync_state IN ('sync', 'quorum')), (SELECT max(seq) FROM hub_event)
            """
        ).first
        try step(connection)
        try refreshDirectory(connection)
        state.withLock { state in
            state.lastBeat = .now
            state.isKeeper = keeps
            state.status.syncingStandbys = server.syncingStandbys
            state.status.standbyLagSeconds = row?[0].double
            state.status.logEntriesBehind = max(0, (row?[1].int ?? 0) - (state.handled?.newest ?? 0))
        }
    }

    /// Compares the clocks.
    func measureClock(_ connection: PostgresConnection) throws {
        guard let time else { return }
        let before = time.now().wallMilliseconds
        let server = try PostgresClock.now(connection)
        let after = time.now().wallMilliseconds
        state.withLock { $0.status.clockOffsetSeconds = Double((before + after) / 2 - server) / 1000 }
    }

    private func takeUpkeep(_ connection: PostgresConnection) throws -> Bool {
        try connection.run("SELECT pg_try_advisory_lock($1::int, $2::int)", AdvisoryLock.upkeep.values)
            .first?[0].bool == true
    }

    /// Brings the cache up to date. The statements before it have brought all notifications.
    func catchUp(_ connection: PostgresConnection) throws {
        let newest = try DirectoryLog.newest(PostgresSession(connection))
        try step(connection)
        if cache.logEntry != newest { try refreshDirectory(connection) }
    }

    private func refreshDirectory(_ connection: PostgresConnection) throws {
        let session = PostgresSession(connection)
        guard try DirectoryLog.newest(session) != cache.logEntry else { return }
        let difference = try connection.transaction(Self.beginSnapshot) { try cache.difference(session) }
        if let difference { cache.apply(difference) }
    }

    // MARK: Entries

    private func isHandled(_ number: Int64) -> Bool {
        state.withLock { $0.handled?.contains(number) ?? false }
    }

    private func noteHandled(_ number: Int64) {
        state.withLock { $0.handled?.insert(number) }
    }

    private func handle(_ body: Substring, _ connection: PostgresConnection) throws {
        switch HubLogEntry(body) {
        case .stored(let readings): cache.stored(readings)
        case .directoryChanged: try refreshDirectory(connection)
        case nil: break
        }
    }

    /// Nil if the entry was deleted.
    private func body(of number: Int64, _ connection: PostgresConnection) throws -> Substring? {
        try connection.run("SELECT body FROM hub_event WHERE seq = $1", [.int8(number)]).first?[0].text.map {
            Substring($0)
        }
    }

    /// A hub that starts has no streams, so it hears nothing of what happened before.
    private func skipEarlier(_ connection: PostgresConnection) throws {
        var handled = HandledEntries()
        let rows = try connection.run(
            "SELECT seq FROM hub_event WHERE seq > (SELECT max(seq) FROM hub_event) - $1",
            [.int8(HandledEntries.span)]
        ).rows
        for row in rows { if let number = row[0].int { handled.insert(number) } }
        state.withLock { $0.handled = handled }
    }

    private func handleMissed(from first: Int64, _ connection: PostgresConnection) throws {
        var next = first
        while true {
            let rows = try connection.run(
                "SELECT seq, body FROM hub_event WHERE seq >= $1 ORDER BY seq LIMIT \(Self.rowsPerQuery)",
                [.int8(next)]
            ).rows
            for row in rows {
                guard let number = row[0].int, let body = row[1].text else { continue }
                next = number + 1
                if !isHandled(number) {
                    try handle(Substring(body), connection)
                    noteHandled(number)
                }
            }
            if rows.count < Self.rowsPerQuery { return }
        }
    }
}
