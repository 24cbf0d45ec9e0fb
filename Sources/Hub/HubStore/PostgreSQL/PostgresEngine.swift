import Postgres
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
    /// After entries of the log were handled, and again after the next one has come if they were several. Those that
    /// come in between reach each stream in one packet: hubs commit separately, and with a packet for each commit a
    /// delivery cost twice as much. An entry that comes alone is handled at once. (Benchmarks/README.md)
    private static let gatheringTime: Duration = .milliseconds(5)

    let name: String
    private let cache: DirectoryCache
    private let time: any TimeSource
    /// In place of the server's clock; nil to use that.
    private let clock: (any TimeSource)?
    private let writer: PostgresWriter
    private let changes: PostgresLink
    private let lookUps: PostgresLink
    private let readers: PostgresPool
    private let log: PostgresLink
    private let logReader: HubLogReader
    let upkeep: PostgresUpkeep

    /// Connects to the primary, brings its schema up to date and fills the cache.
    ///
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/cannotOpen`` for a server that cannot be reached or is
    ///   not safe, and ``HubStoreError/Code/foreignDatabase``.
    init(
        _ address: PostgresAddress, isSingleCopy: Bool, patience: Duration, stopwatch: any TimeSource,
        time: any TimeSource, isServersTime: Bool, cache: DirectoryCache
    ) async throws {
        name = address.description
        self.cache = cache
        self.time = time
        clock = isServersTime ? time : nil
        let hosts: PostgresHosts
        do {
            hosts = PostgresHosts(address, try PostgresLibrary(), isSingleCopy: isSingleCopy)
        } catch {
            throw HubStoreError(.cannotOpen, "\(error)")
        }
        let logReader = HubLogReader(
            cache, time: isServersTime ? nil : time, stopwatch: stopwatch, patience: patience,
            isSingleCopy: isSingleCopy)
        self.logReader = logReader
        func link(_ name: String, limit: Duration) -> PostgresLink {
            PostgresLink(name, to: hosts, limit: limit, under: logReader)
        }
        writer = PostgresWriter(link("hub-writer", limit: Self.commitLimit), isSingleCopy: isSingleCopy, cache)
        changes = link("hub-changes", limit: Self.statementLimit)
        lookUps = link("hub-look-ups", limit: Self.commitLimit)
        readers = PostgresPool((1...Self.readerCount).map { link("hub-reader-\($0)", limit: Self.statementLimit) })
        log = PostgresLink("hub-log", to: hosts, limit: Self.commitLimit, beginning: { try logReader.begin($0) })
        upkeep = PostgresUpkeep(changes)
        do {
            try await changes.run { try PostgresSchema.migrate($0) }
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

    /// Another hub that adds to a row which this transaction read or deleted makes it run again.
    func writeAsOfOneMoment<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await changes.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ") { try body(PostgresSession($0)) }
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

    func checkWriting() async throws {
        try await writer.check()
    }

    // MARK: Other hubs

    func claim() -> Bool { true }

    var isShared: Bool { true }

    var silence: Duration? { logReader.silence }

    func requireContact() throws(HubStoreError) {
        try logReader.requireContact()
    }

    var serverStatus: ServerStatus? { logReader.status }

    var keepsMeasurements: Bool { logReader.isKeeper }

    func changeCodes<Value: Sendable>(
        _ kind: String, _ body: @escaping @Sendable (inout [TokenHash: String], _ now: Int64) throws -> Value
    ) async throws -> Value {
        let ownTime = clock.map { $0.now().wallMilliseconds }
        return try await changes.transaction(mayForget: true) {
            try PostgresCodes.change(kind, now: ownTime, $0, body)
        }
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
        try await log.run { [logReader] connection in
            try MoveProgress.requireWhole(PostgresSession(connection))
            try logReader.beat(connection)
        }
        // Before the first reading: one that is in the partition for the rest keeps that of its week from being made.
        // Without the right to make it the upkeep reports that, and the hub works.
        try? await upkeep.addCurrentPartitions(now: time.now().wallMilliseconds)
    }

    func followCommits() async {
        defer { logReader.stop() }
        var nextBeat = ContinuousClock.now + Self.beatInterval
        while !Task.isCancelled {
            let start = ContinuousClock.now
            let isBeat = start >= nextBeat
            do {
                let handledCount = try await log.run(patience: .zero) { [logReader] connection in
                    if isBeat { try logReader.beat(connection) }
                    return try logReader.step(connection)
                }
                if isBeat { nextBeat = start + Self.beatInterval }
                if handledCount > 0 { try? await Task.sleep(for: Self.gatheringTime) }
                await log.client.untilInput(within: max(.zero, nextBeat - .now))
                if handledCount > 1 { try? await Task.sleep(for: Self.gatheringTime) }
            } catch {
                logReader.failed(error)
                // A new connection handles the entries that this one has not.
                await log.client.close()
                nextBeat = .now
                try? await Task.sleep(for: Self.pauseAfterFailure)
            }
        }
    }

    func commit(_ content: PendingWrite.Content) async throws {
        try await writer.commit(content)
    }

    func maintain(keepingFrom start: Int64?, now: Int64) async throws {
        guard keepsMeasurements else { return }
        try await upkeep.run(keepingFrom: start, now: now)
    }
}
