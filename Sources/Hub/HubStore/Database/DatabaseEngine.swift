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

    /// The same, if the rows are computed from others that clients may write at the same time: all statements see one
    /// moment, and nothing that was committed after it is overwritten.
    func writeAsOfOneMoment<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value

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

    /// Keeps other hubs away from a database that serves one. False if another process has claimed it.
    func claim() -> Bool

    /// Whether other hubs use the database at the same time.
    var isShared: Bool { get }

    /// How long the database has been silent, if that is too long for this hub to answer requests.
    var silence: Duration? { get }

    /// - Throws: ``HubStoreError/Code/unreachable`` while the database is silent, with the reason.
    func requireContact() throws(HubStoreError)

    var serverStatus: ServerStatus? { get }

    /// Whether this hub deletes old measurements. One hub does it for all.
    var keepsMeasurements: Bool { get }

    /// Changes the codes of one kind that hubs share, in one transaction; `now` is the server's time in milliseconds.
    func changeCodes<Value: Sendable>(
        _ kind: String, _ body: @escaping @Sendable (inout [TokenHash: String], _ now: Int64) throws -> Value
    ) async throws -> Value

    /// Lets the next `id` of each table follow the highest one that is there.
    func continueNumbers(of tables: [String]) async throws

    /// Makes ready for many readings of a time, in milliseconds since the Unix epoch.
    func prepare(readingsFrom first: Int64, to last: Int64) async throws

    /// Prepares ``followCommits()``: every commit after it is reported.
    func beginFollowing() async throws

    /// Reports the commits of all hubs to the cache until the task is cancelled.
    func followCommits() async

    /// Runs the background work that is due, in small steps. Measurements before `start` may go; nil keeps all.
    /// Both times are milliseconds since the Unix epoch.
    func maintain(keepingFrom start: Int64?, now: Int64) async throws
}

/// A database of one hub.
extension DatabaseEngine {
    var isShared: Bool { false }

    /// Nothing else writes during a transaction.
    func writeAsOfOneMoment<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await write(body)
    }

    var silence: Duration? { nil }

    func requireContact() throws(HubStoreError) {}

    var serverStatus: ServerStatus? { nil }
    var keepsMeasurements: Bool { true }

    func changeCodes<Value: Sendable>(
        _ kind: String, _ body: @escaping @Sendable (inout [TokenHash: String], _ now: Int64) throws -> Value
    ) async throws -> Value {
        throw HubStoreError(.unavailable, "The codes of a hub without others are in its memory.")
    }

    func continueNumbers(of tables: [String]) async throws {}

    func prepare(readingsFrom first: Int64, to last: Int64) async throws {}

    func beginFollowing() async throws {}

    func followCommits() async {}

    func maintain(keepingFrom start: Int64?, now: Int64) async throws {}
}
