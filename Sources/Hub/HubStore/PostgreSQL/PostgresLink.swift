import Glibc
import Postgres

/// One connection to the database, made when it is needed, and again after a loss.
struct PostgresLink: Sendable {
    /// How long a body is repeated.
    static let patience: Duration = .seconds(3)

    let client: PostgresClient
    let hosts: PostgresHosts
    /// The deadline of each statement.
    let limit: Duration
    /// Runs on each new connection before anything else.
    private let begin: @Sendable (PostgresConnection) throws -> Void

    init(
        _ name: String, to hosts: PostgresHosts, limit: Duration,
        beginning begin: @escaping @Sendable (PostgresConnection) throws -> Void = { _ in }
    ) {
        client = PostgresClient(name: name)
        self.hosts = hosts
        self.limit = limit
        self.begin = begin
    }

    /// Runs `body` on the connection's thread. It runs again after a conflict with another transaction, and on a new
    /// connection after a loss: it only reads, or writes nothing new if it runs twice.
    /// - Throws: ``HubStoreError``.
    func run<Value: Sendable>(
        patience: Duration = patience, _ body: @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await client.run(to: hosts, limit: limit, beginning: begin, patience: patience, body)
        } catch {
            throw HubStoreError(postgres: error)
        }
    }

    /// The same, if there is something to do when its turn comes; nil otherwise.
    func run<Value: Sendable>(
        if hasWork: @Sendable () -> Bool, _ body: @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value? {
        do {
            return try await client.run(
                if: hasWork, to: hosts, limit: limit, beginning: begin, patience: Self.patience, body)
        } catch {
            throw HubStoreError(postgres: error)
        }
    }

    /// Runs `body` in one transaction. It runs again as long as its commit was not sent.
    /// - Throws: ``HubStoreError``.
    func transaction<Value: Sendable>(
        _ begin: String = "BEGIN", _ body: @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await run { connection in
            var isCommitting = false
            do {
                return try connection.transaction(begin) {
                    let value = try body(connection)
                    isCommitting = true
                    return value
                }
            } catch let error as PostgresError where isCommitting && error.kind == .unavailable {
                throw HubStoreError(
                    .unreachable,
                    "The hub's database was lost while it committed: \(error). See whether the change was made before "
                        + "you repeat it.")
            }
        }
    }
}

extension PostgresClient {
    /// The pause before a server is asked again.
    private static let pauseMicroseconds: UInt32 = 50_000

    fileprivate func run<Value: Sendable>(
        if hasWork: @Sendable () -> Bool, to hosts: PostgresHosts, limit: Duration,
        beginning begin: @Sendable (PostgresConnection) throws -> Void, patience: Duration,
        _ body: @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value? {
        guard hasWork() else { return nil }
        return try run(to: hosts, limit: limit, beginning: begin, patience: patience, body)
    }

    /// Blocks the thread, which is this connection's own.
    fileprivate func run<Value: Sendable>(
        to hosts: PostgresHosts, limit: Duration, beginning begin: @Sendable (PostgresConnection) throws -> Void,
        patience: Duration, _ body: @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                try connectIfNeeded(to: hosts, limit: limit, beginning: begin)
                return try run(body)
            } catch let error as PostgresError {
                let isRepeated = error.kind == .conflict || error.kind == .unavailable
                guard isRepeated, ContinuousClock.now < deadline else { throw error }
                if error.kind == .unavailable { usleep(Self.pauseMicroseconds) }
            }
        }
    }

    private func connectIfNeeded(
        to hosts: PostgresHosts, limit: Duration, beginning begin: @Sendable (PostgresConnection) throws -> Void
    ) throws {
        guard !isOpen else { return }
        try connect(to: hosts)
        do {
            try run { connection in
                connection.limit = limit
                // The server notices that its client has gone, and ends the statement.
                _ = try connection.runScript("SET client_connection_check_interval = 1000")
                try begin(connection)
            }
        } catch {
            close()
            throw error
        }
    }
}
