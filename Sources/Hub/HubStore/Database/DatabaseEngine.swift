/// Where a hub keeps everything: a SQLite file within the process, or a server that many hubs share.
///
/// An engine keeps the ``DirectoryCache`` that it was made with up to date, and reports every commit to it.
/// A closure may run more than once, if the database asks for a repetition. All methods throw ``HubStoreError``.
protocol DatabaseEngine: Sendable {
    /// For logs: a path, or an address without secrets.
    var name: String { get }
    var sizes: DatabaseSizes { get }

    /// Reads beside the writer.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value

    /// Reads a row or two for a possible stranger, on a connection of its own: it delays no other request.
    func lookUp<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value

    /// Runs one transaction, even if the calling task is cancelled: other requests may depend on it.
    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value

    /// Runs one transaction that changes the directory; no other one runs at the same time. Returns when the cache has
    /// the change. Every hub hears of it when it commits, and only then.
    func changeDirectory<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value

    /// Keeps a client's write. Returns when it is on disk; on two disks where there are two.
    func commit(_ content: PendingWrite.Content) async throws

    /// Returns when the cache has every change of the directory that was committed before.
    func followDirectory() async throws

    /// Returns after the writer had a turn and could read.
    func checkReading() async throws

    /// Tries a write that changes nothing.
    func checkWriting() async throws

    /// Ends after all operations.
    func close() throws

    // MARK: Other hubs

    /// Whether other hubs use the database at the same time.
    var isShared: Bool { get }

    /// How long the database has been silent, if that is too long for this hub to answer requests.
    var silence: Duration? { get }

    /// How far the database's clock is ahead of this machine's; nil if unknown.
    var clockOffsetMilliseconds: Int64? { get }

    /// Whether this hub deletes old measurements. One hub does it for all.
    var keepsMeasurements: Bool { get }

    /// Reports the commits of all hubs to the cache until the task is cancelled.
    func followCommits() async

    /// Runs the background work that is due, in small steps. Measurements before `start` may go; nil keeps all.
    /// Both times are milliseconds since the Unix epoch.
    func maintain(keepingFrom start: Int64?, now: Int64) async throws
}

/// A database of one hub.
extension DatabaseEngine {
    var isShared: Bool { false }
    var silence: Duration? { nil }
    var clockOffsetMilliseconds: Int64? { nil }
    var keepsMeasurements: Bool { true }

    func followCommits() async {}

    func maintain(keepingFrom start: Int64?, now: Int64) async throws {}
}
