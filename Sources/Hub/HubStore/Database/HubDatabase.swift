package import Timing

/// The hub's database. The stores reach it only through this type.
///
/// **Durable.** A write that returned is on disk: on one, or on two if many hubs share a server with a standby. Writes
/// that wait at the same time share one transaction (``commit(_:)``).
///
/// **Shared.** Other processes write to the same database: commands of the administration, other hubs. ``DirectoryLog``
/// records the rows that they change: ``refreshDirectory()`` reads only these.
///
/// **Small.** The ``AccountDirectory`` is in memory, because every request needs it. Readings and beats are not.
///
/// **Safe from strangers.** A stranger's request reads the directory, or uses a separate connection that can only read
/// (``lookUp(_:)``). Only changes use the writer.
package final class HubDatabase: Sendable {
    private static let claimAttempts = 10
    private static let claimInterval: Duration = .milliseconds(100)

    package let time: any TimeSource
    let engine: any DatabaseEngine
    private let cache: DirectoryCache
    /// Whether this process is a command of the administration, and not the hub.
    private let isCommand: Bool

    /// Uses an engine that feeds the `cache`. Changes by a command (`isCommand`) are noted for the running hub's log.
    init(_ engine: any DatabaseEngine, _ cache: DirectoryCache, time: any TimeSource, isCommand: Bool) {
        self.engine = engine
        self.cache = cache
        self.time = time
        self.isCommand = isCommand
    }

    /// For logs: a path, or an address without secrets.
    package var name: String { engine.name }

    /// Keeps other hubs away from a database that serves one, until the process ends.
    /// - Throws: ``HubStoreError/Code/cannotOpen`` if another process has claimed it.
    package func claim() async throws {
        for _ in 0..<Self.claimAttempts {
            if engine.claim() { return }
            // A process that was killed has its files open for a moment more.
            try await Task.sleep(for: Self.claimInterval)
        }
        throw HubStoreError(
            .cannotOpen,
            "Another strapline-hub serves or moves \(name). One file serves one hub: stop the other one first.")
    }

    /// Closes the database after all operations have ended.
    package func close() throws {
        try engine.close()
    }

    var work: DatabaseWork { cache.work }

    package var sizes: DatabaseSizes { engine.sizes }

    // MARK: Access

    /// Reads beside the writer.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await engine.read(body)
    }

    /// Reads a row or two for a possible stranger, on a connection of its own: it delays no other request.
    func lookUp<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await engine.lookUp(body)
    }

    /// Runs one transaction, even if the calling task is cancelled: other requests may depend on it.
    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await engine.write(body)
    }

    /// The same, if the rows are computed from others that clients may write at the same time: all statements see one
    /// moment, and nothing that was committed after it is overwritten.
    func writeAsOfOneMoment<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await engine.writeAsOfOneMoment(body)
    }

    /// Runs a change of the directory in one transaction, then brings the directory up to date. The observer receives
    /// its event after the commit.
    func writeDirectory<Value: Sendable>(
        _ change: @escaping @Sendable (ChangeTransaction) throws -> Value
    ) async throws -> Value {
        try await engine.changeDirectory { [time, isCommand] db in
            let transaction = ChangeTransaction(db: db, now: time.now().wallMilliseconds, isNoted: isCommand)
            let value = try change(transaction)
            try DirectoryLog.prune(db)
            return value
        }
    }

    /// Keeps a client's write and returns when it is on disk.
    func commit(_ content: PendingWrite.Content) async throws {
        try await engine.commit(content)
    }

    /// Returns after the writer had a turn and could read.
    /// - Throws: ``HubStoreError``.
    package func checkReading() async throws {
        try await engine.checkReading()
    }

    /// Tries a write that changes nothing.
    /// - Throws: ``HubStoreError``.
    package func checkWriting() async throws {
        try await engine.checkWriting()
    }

    /// Returns the changes by commands since the last call.
    /// - Throws: ``HubStoreError``; then the next call returns the same changes.
    package func takeNotedChanges() async throws -> [NotedChange] {
        let changes = try await read { try NotedChange.all($0) }
        guard let last = changes.last else { return [] }
        try await write { try NotedChange.delete(upTo: last.id, $0) }
        return changes
    }

    /// Whether changes by commands wait for a running hub. A hub takes them each second.
    package func hasNotedChanges() async throws -> Bool {
        try await !read { try NotedChange.all($0) }.isEmpty
    }

    // MARK: Other hubs

    /// Whether other hubs use the database at the same time.
    package var isShared: Bool { engine.isShared }

    /// How long a shared database has been silent, if that is too long for this hub to answer requests: it cannot know
    /// which tokens still hold.
    package var silence: Duration? { engine.silence }

    /// - Throws: ``HubStoreError/Code/unreachable`` while the database is silent.
    package func requireContact() throws(HubStoreError) {
        try engine.requireContact()
    }

    /// Values for `/metrics`; nil for a database of one hub.
    package var serverStatus: ServerStatus? { engine.serverStatus }

    /// Whether this hub deletes old measurements. One hub does it for all.
    package var keepsMeasurements: Bool { engine.keepsMeasurements }

    /// Changes the codes of one kind that hubs share, in one transaction; `now` is the server's time in milliseconds. A
    /// failover may forget them. Only for a shared database.
    /// - Throws: ``HubStoreError``.
    package func changeCodes<Value: Sendable>(
        _ kind: String, _ body: @escaping @Sendable (inout [TokenHash: String], _ now: Int64) throws -> Value
    ) async throws -> Value {
        try await engine.changeCodes(kind, body)
    }

    /// Prepares ``followCommits()``: every commit after it is reported.
    /// - Throws: ``HubStoreError``.
    package func beginFollowing() async throws {
        try await engine.beginFollowing()
    }

    /// Reports the commits of all hubs to the observer until the task is cancelled.
    package func followCommits() async {
        await engine.followCommits()
    }

    /// Runs the background work that is due, in small steps. Measurements before `start`, in milliseconds since the
    /// Unix epoch, may go; nil keeps all.
    /// - Throws: ``HubStoreError``.
    package func maintain(keepingFrom start: Int64?) async throws {
        try await engine.maintain(keepingFrom: start, now: time.now().wallMilliseconds)
    }

    // MARK: Directory

    /// The directory as it was last read.
    package var directory: AccountDirectory { cache.directory }

    /// Calls `observer` for every commit from now on, in order, on the database's thread. It must not wait.
    package func observe(_ observer: (@Sendable (HubEvent) -> Void)?) {
        cache.observe(observer)
    }

    /// Brings the directory up to date if another process has changed it. Without changes it costs the writer nothing.
    package func refreshDirectory() async throws {
        let newest = try await lookUp { try DirectoryLog.newest($0) }
        guard cache.logEntry != newest else { return }
        try await engine.followDirectory()
    }
}

/// A transaction that changes the directory.
struct ChangeTransaction {
    let db: any SQLSession
    /// Milliseconds since the Unix epoch.
    let now: Int64
    fileprivate let isNoted: Bool

    /// Notes a change by a command for the running hub's log. The hub logs its own changes itself.
    func note(_ change: AdminChange) throws {
        if isNoted { try NotedChange.insert(change, now: now, db) }
    }
}
