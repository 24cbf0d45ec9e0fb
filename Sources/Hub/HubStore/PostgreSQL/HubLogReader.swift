import Postgres
import Synchronization
import Timing

/// Handles the log `hub_event` strictly in order, on the thread of the connection that listens. So this hub's own
/// commits reach its streams in the same order as those of other hubs, each exactly once.
final class HubLogReader: Sendable {
    static let channel = "strapline"
    private static let rowsPerQuery = 1000
    /// Later, the log may lack entries that this hub has not handled. A hub whose machine slept, or that was stopped,
    /// was not there to close its streams.
    private static let longestAge = Duration.seconds(60)
    /// All tables are read as of one moment.
    private static let beginSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    private struct State {
        var isFollowing = false
        /// Nil before the first connection that follows.
        var handled: HandledEntries?
        /// When the last answered heartbeat began, in milliseconds of the stopwatch.
        var lastBeat: Int64
        var status = ServerStatus()
        var isKeeper = false
        /// Connections that have begun to follow.
        var connections = 0
        /// Why the last attempt to follow has failed; nil after a heartbeat.
        var failure: String?
    }

    private let cache: DirectoryCache
    /// Compared with the server's clock; nil if it is the server's.
    private let time: (any TimeSource)?
    /// Measures the silence, by the boot clock.
    private let stopwatch: any TimeSource
    /// How long the database may be silent before this hub refuses requests.
    private let patience: Duration
    private let isSingleCopy: Bool
    // Only the connection's thread changes the entries. No work is done under the lock.
    private let state: Mutex<State>

    init(
        _ cache: DirectoryCache, time: (any TimeSource)?, stopwatch: any TimeSource, patience: Duration,
        isSingleCopy: Bool
    ) {
        self.cache = cache
        self.time = time
        self.stopwatch = stopwatch
        self.patience = patience
        self.isSingleCopy = isSingleCopy
        state = Mutex(State(lastBeat: stopwatch.now().bootMilliseconds))
    }

    private var now: Int64 { stopwatch.now().bootMilliseconds }

    var status: ServerStatus {
        var status = state.withLock { $0.status }
        status.heartbeatAgeSeconds = age / .seconds(1)
        // As far as this hub knows, nothing confirms a commit.
        if silence != nil { status.syncingStandbys = 0 }
        return status
    }

    /// Since the last answered heartbeat.
    private var age: Duration {
        let now = now
        return .milliseconds(state.withLock { now - $0.lastBeat })
    }

    /// Since the last answered heartbeat, if that is too long for this hub to answer requests.
    var silence: Duration? {
        let age = age
        return age > patience && state.withLock { $0.isFollowing } ? age : nil
    }

    /// - Throws: ``HubStoreError/Code/unreachable`` while the database is silent. Work that waits for a connection then
    ///   is refused when its turn comes.
    func requireContact() throws(HubStoreError) {
        guard let silence else { return }
        let cause = state.withLock { $0.failure }.map { " \($0)" } ?? ""
        throw HubStoreError(
            .unreachable, "The hub's database has not answered since \(silence.components.seconds) seconds.\(cause)")
    }

    /// Changes with each connection that begins to follow: the others may lead to a server that was left.
    var generation: Int { state.withLock { $0.connections } }

    /// Whether this hub deletes old measurements for all hubs.
    var isKeeper: Bool { state.withLock { $0.isKeeper } }

    // MARK: Following

    func start() {
        let now = now
        state.withLock { state in
            state.isFollowing = true
            state.handled = nil
            state.lastBeat = now
        }
    }

    /// The connection could not follow.
    func failed(_ error: any Error) {
        state.withLock { $0.failure = "\(error)" }
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
            if state.isFollowing { state.connections += 1 }
            return (state.isFollowing, state.handled)
        }
        guard isFollowing else { return }
        try connection.listen(to: Self.channel)
        if let handled, try handled.newest <= lastNumber(connection), age <= Self.longestAge {
            try handleLate(handled, connection)
            try handleNew(after: handled.newest, connection)
        } else {
            try skipEarlier(connection)
            // Last, so that no stream begins before the skipped entries and stays.
            if handled != nil { cache.missed() }
        }
        try refreshDirectory(connection)
    }

    /// Handles everything that the server has sent; the readings of several commits become one event. Returns the
    /// number of entries.
    @discardableResult
    func step(_ connection: PostgresConnection) throws -> Int {
        guard state.withLock({ $0.isFollowing }) else { return 0 }
        do {
            return try handleNotifications(connection)
        } catch {
            // The others that were taken are lost with it. A new connection reads them from the log.
            connection.close()
            throw error
        }
    }

    private func handleNotifications(_ connection: PostgresConnection) throws -> Int {
        var notifications = try connection.takeNotifications()
        var count = 0
        var readings: [StoredReading] = []
        // Also after an error: their entries count as handled.
        defer { send(&readings) }
        while !notifications.isEmpty {
            count += notifications.count
            for notification in notifications where notification.channel == Self.channel {
                guard let notice = HubLogNotice(payload: notification.payload), !isHandled(notice.number) else {
                    continue
                }
                if let body = try notice.body ?? body(of: notice.number, connection) {
                    try handle(body, connection, &readings)
                }
                noteHandled(notice.number)
            }
            notifications = try connection.takeNotifications()
        }
        return count
    }

    /// Asks the server whether it is still a safe primary, and for the state of its standbys.
    ///
    /// A primary that has lost all others does not know it at once, and its directory is old from then on. So a standby
    /// must confirm each heartbeat, as it confirms a write.
    func beat(_ connection: PostgresConnection) throws {
        let begin = now
        let server = try connection.readServerState()
        guard !server.isInRecovery else { throw PostgresError(.noPrimary) }
        try PostgresSafety.refuseUnsafe(server, isSingleCopy: isSingleCopy)
        guard isSingleCopy || server.isSafe else { throw PostgresError(.noStandby, "no standby streams") }
        try measureClock(connection)
        let row = try connection.run(
            """
            SELECT (SELECT extract(epoch FROM max(flush_lag))::double precision FROM pg_stat_replication
                    WHERE sync_state IN ('sync', 'quorum')),
                (SELECT max(seq) FROM hub_event), (SELECT max(seq) FROM directory_log),
                CASE WHEN $1 THEN true ELSE pg_try_advisory_lock($2::int, $3::int) END
            """, [.bool(isKeeper)] + AdvisoryLock.upkeep.values
        ).first
        try confirm(connection)
        try step(connection)
        if cache.logEntry != row?[2].int ?? 0 { try refreshDirectory(connection) }
        state.withLock { state in
            state.lastBeat = begin
            state.failure = nil
            state.isKeeper = row?[3].bool == true
            state.status.syncingStandbys = server.syncingStandbys
            state.status.standbyLagSeconds = row?[0].double
            state.status.logEntriesBehind = max(0, (row?[1].int ?? 0) - (state.handled?.newest ?? 0))
        }
    }

    private func confirm(_ connection: PostgresConnection) throws {
        guard !isSingleCopy else { return }
        do {
            try PostgresSafety.confirm(connection, isSingleCopy: isSingleCopy)
        } catch let error as PostgresError where error.kind == .diskFull {
            // Nothing can be written, and reading goes on.
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

    /// Brings the cache up to date. The statements before it have brought all notifications.
    func catchUp(_ connection: PostgresConnection) throws {
        let newest = try DirectoryLog.newest(PostgresSession(connection))
        try step(connection)
        guard cache.logEntry != newest else { return }
        try refreshDirectory(connection)
        // Its statements have brought more, for which the socket wakes no reader.
        try step(connection)
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

    /// Adds new readings to those that wait for ``send(_:)``.
    private func handle(
        _ body: Substring, _ connection: PostgresConnection, _ readings: inout [StoredReading]
    ) throws {
        switch HubLogEntry(body) {
        case .stored(let more): readings += more
        case .directoryChanged:
            send(&readings)
            try refreshDirectory(connection)
        case nil: break
        }
    }

    private func send(_ readings: inout [StoredReading]) {
        if !readings.isEmpty { cache.stored(readings) }
        readings = []
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

    /// The last number that an entry has got. If this hub knows a higher one, the numbers have begun again: a backup
    /// was restored, or a failover has lost unconfirmed entries.
    private func lastNumber(_ connection: PostgresConnection) throws -> Int64 {
        try connection.run(
            "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM hub_event_seq_seq"
        ).first?[0].int ?? 0
    }

    /// Handles entries that were committed after later numbers, and while there was no connection.
    private func handleLate(_ handled: HandledEntries, _ connection: PostgresConnection) throws {
        let numbers = try connection.run(
            "SELECT seq FROM hub_event WHERE seq BETWEEN $1 AND $2 ORDER BY seq",
            [.int8(handled.firstAwaited), .int8(handled.newest)]
        ).rows.compactMap { $0[0].int }.filter { !handled.contains($0) }
        for start in stride(from: 0, to: numbers.count, by: Self.rowsPerQuery) {
            let some = numbers[start..<min(start + Self.rowsPerQuery, numbers.count)]
            try handle(
                connection.run(
                    "SELECT seq, body FROM hub_event WHERE seq = ANY($1) ORDER BY seq", [.int8Array(Array(some))]
                ).rows, connection)
        }
    }

    private func handleNew(after newest: Int64, _ connection: PostgresConnection) throws {
        var last = newest
        while true {
            let rows = try connection.run(
                "SELECT seq, body FROM hub_event WHERE seq > $1 ORDER BY seq LIMIT \(Self.rowsPerQuery)",
                [.int8(last)]
            ).rows
            try handle(rows, connection)
            guard rows.count == Self.rowsPerQuery, let number = rows.last?[0].int else { return }
            last = number
        }
    }

    private func handle(_ rows: [[PostgresValue]], _ connection: PostgresConnection) throws {
        var readings: [StoredReading] = []
        defer { send(&readings) }
        for row in rows {
            guard let number = row[0].int, let body = row[1].text, !isHandled(number) else { continue }
            try handle(Substring(body), connection, &readings)
            noteHandled(number)
        }
    }
}
