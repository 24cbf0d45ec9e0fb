import Postgres
import Synchronization
import Timing

/// A hub's database on PostgreSQL, which many hubs share.
///
/// A write is acknowledged when a standby has it too, see ``PostgresWrites``. All hubs hear of it in the order of
/// commits, see ``HubLogReader``.
final class PostgresEngine: DatabaseEngine {
    /// Connections that read beside the writer.
    private static let readerCount = 4
    private static let commitLimit: Duration = .seconds(2)
    /// Of a statement that reads a history, or of the administration.
    private static let statementLimit: Duration = .seconds(10)
    private static let beatInterval: Duration = .seconds(1)
    private static let pauseAfterFailure: Duration = .milliseconds(100)

    let name: String
    private let cache: DirectoryCache
    private let isSingleCopy: Bool
    /// In place of the server's clock; nil to use that.
    private let clock: (any TimeSource)?
    /// How long the database may be silent before this hub refuses requests.
    private let patience: Duration
    private let writer: PostgresLink
    private let changes: PostgresLink
    private let lookUps: PostgresLink
    private let readers: PostgresPool
    private let log: PostgresLink
    private let logReader: HubLogReader
    let upkeep: PostgresUpkeep
    // The lock guards the list between the writer's thread and the requests. No work is done under it.
    private let pending = Mutex<[WaitingWrite]>([])

    /// Connects to the primary, brings its schema up to date and fills the cache.
    ///
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/cannotOpen`` for a server that cannot be reached or is
    ///   not safe, and ``HubStoreError/Code/foreignDatabase``.
    init(
        _ address: PostgresAddress, isSingleCopy: Bool, patience: Duration, time: any TimeSource, isServersTime: Bool,
        cache: DirectoryCache
    ) async throws {
        name = address.description
        self.cache = cache
        self.isSingleCopy = isSingleCopy
        self.patience = patience
        clock = isServersTime ? time : nil
        let hosts: PostgresHosts
        do {
            hosts = PostgresHosts(address, try PostgresLibrary(), isSingleCopy: isSingleCopy)
        } catch {
            throw HubStoreError(.cannotOpen, "\(error)")
        }
        let logReader = HubLogReader(cache, time: isServersTime ? nil : time, isSingleCopy: isSingleCopy)
        self.logReader = logReader
        writer = PostgresLink("hub-writer", to: hosts, limit: Self.commitLimit)
        changes = PostgresLink("hub-changes", to: hosts, limit: Self.statementLimit)
        lookUps = PostgresLink("hub-look-ups", to: hosts, limit: Self.commitLimit)
        readers = PostgresPool(
            (1...Self.readerCount).map { PostgresLink("hub-reader-\($0)", to: hosts, limit: Self.statementLimit) })
        log = PostgresLink("hub-log", to: hosts, limit: Self.commitLimit) { try logReader.begin($0) }
        upkeep = PostgresUpkeep(changes)
        do {
            try await changes.run { connection in
                try Self.refuseUnsafe(connection.server, isSingleCopy: isSingleCopy)
                try PostgresSchema.migrate(connection)
            }
            try await log.run { [logReader] connection in
                try logReader.measureClock(connection)
                try logReader.catchUp(connection)
            }
        } catch let error as HubStoreError where error.code == .foreignDatabase || error.code == .cannotOpen {
            throw error
        } catch {
            throw HubStoreError(.cannotOpen, "Cannot open the hub's database \(name): \(error)")
        }
    }

    private static func refuseUnsafe(_ server: PostgresServerState, isSingleCopy: Bool) throws {
        guard !isSingleCopy else { return }
        guard server.hasFsync else {
            throw HubStoreError(
                .cannotOpen,
                "The database server has fsync off: a power cut loses readings that it accepted. Set fsync = on, or "
                    + "say --single-copy if that may happen.")
        }
        guard ["on", "remote_apply"].contains(server.synchronousCommit) else {
            throw HubStoreError(
                .cannotOpen,
                "The database server has synchronous_commit = \(server.synchronousCommit): a failover loses readings "
                    + "that it accepted. Set it to on, or say --single-copy if that may happen.")
        }
    }

    /// The connections close with the last reference to this engine.
    func close() {}

    var sizes: DatabaseSizes { upkeep.sizes }

    // MARK: Access

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await readers.run { try body(PostgresSession($0)) }
    }

    func lookUp<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await lookUps.run { try body(PostgresSession($0)) }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await changes.transaction { try body(PostgresSession($0)) }
    }

    func changeDirectory<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        cache.countTransaction()
        let value = try await changes.transaction { connection in
            _ = try connection.run("SELECT pg_advisory_xact_lock($1::int, $2::int)", AdvisoryLock.directory.values)
            return try body(PostgresSession(connection))
        }
        // The change is kept. If the log cannot be read now, it is read with the next heartbeat.
        try? await followDirectory()
        return value
    }

    func followDirectory() async throws {
        try await log.run { [logReader] in try logReader.catchUp($0) }
    }

    func checkReading() async throws {
        _ = try await lookUps.run { try $0.run("SELECT 1").changedCount }
    }

    /// Commits a message of the write-ahead log, which a standby must have too.
    func checkWriting() async throws {
        try await writer.run { connection in
            let answer = try connection.run("SELECT pg_logical_emit_message(true, 'strapline', ''::text) IS NULL")
            if answer.hasWarning { throw PostgresError(.unconfirmed) }
        }
    }

    // MARK: Other hubs

    var isShared: Bool { true }

    var silence: Duration? {
        let silence = logReader.silence
        return silence > patience ? silence : nil
    }

    var serverStatus: ServerStatus? { logReader.status }

    var keepsMeasurements: Bool { logReader.isKeeper }

    func changeCodes<Value: Sendable>(
        _ kind: String, _ body: @escaping @Sendable (inout [TokenHash: String], _ now: Int64) throws -> Value
    ) async throws -> Value {
        let ownTime = clock.map { $0.now().wallMilliseconds }
        return try await changes.transaction { try PostgresCodes.change(kind, now: ownTime, $0, body) }
    }

    func continueNumbers(of tables: [String]) async throws {
        try await changes.run { connection in
            for table in tables {
                _ = try connection.run(
                    """
                    SELECT setval(pg_get_serial_sequence($1, 'id'), coalesce(max(id), 0) + 1, false) FROM "\(table)"
                    """, [.text("\"\(table)\"")])
            }
        }
    }

    func prepare(readingsFrom first: Int64, to last: Int64) async throws {
        try await upkeep.addPartitions(from: first, to: last)
    }

    func beginFollowing() async throws {
        logReader.start()
        // The next connection listens.
        await log.client.close()
        try await log.run { [logReader] in try logReader.beat($0) }
    }

    func followCommits() async {
        defer { logReader.stop() }
        var nextBeat = ContinuousClock.now + Self.beatInterval
        while !Task.isCancelled {
            let isBeat = ContinuousClock.now >= nextBeat
            do {
                try await log.run(patience: .zero) { [logReader] connection in
                    if isBeat { try logReader.beat(connection) }
                    try logReader.step(connection)
                }
                if isBeat { nextBeat = .now + Self.beatInterval }
                await log.client.untilInput(within: max(.zero, nextBeat - .now))
            } catch {
                // A new connection handles the entries that this one has not.
                await log.client.close()
                nextBeat = .now
                try? await Task.sleep(for: Self.pauseAfterFailure)
            }
        }
    }

    func maintain(keepingFrom start: Int64?, now: Int64) async throws {
        guard keepsMeasurements else { return }
        try await upkeep.run(keepingFrom: start, now: now)
    }

    // MARK: Group commit

    /// The writes of one turn.
    private final class Group: Sendable {
        let writes = Mutex<[WaitingWrite]>([])
    }

    /// Every write asks the writer for a turn. The first turn commits all writes that wait, and the later ones find
    /// nothing to do.
    func commit(_ content: PendingWrite.Content) async throws {
        let write = WaitingWrite(content)
        pending.withLock { $0.append(write) }
        await commitPending()
        try await write.outcome()
    }

    private func commitPending() async {
        let start = ContinuousClock.now
        let group = Group()
        do {
            // A repetition keeps its group.
            let hasWork = { @Sendable in
                group.writes.withLock { group in
                    if group.isEmpty { group = self.takePending() }
                    return !group.isEmpty
                }
            }
            let report = try await writer.run(if: hasWork) { [isSingleCopy, cache] connection in
                cache.countTransaction()
                let writes = PostgresWrites(group.writes.withLock { $0.map(\.content) })
                return try writes.commit(connection, isSingleCopy: isSingleCopy)
            }
            guard var report else { return }
            report.seconds = (ContinuousClock.now - start) / .seconds(1)
            cache.committed(report)
            for write in group.writes.withLock({ $0 }) { write.end(.success(())) }
        } catch {
            cache.committed(CommitReport())
            for write in group.writes.withLock({ $0 }) { write.end(.failure(error)) }
        }
    }

    private func takePending() -> [WaitingWrite] {
        pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
    }
}
