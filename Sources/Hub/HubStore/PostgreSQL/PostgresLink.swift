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
    /// Knows whether the database is silent, and whether it has left a server. Nil for the reader's own connection.
    private let reader: HubLogReader?
    /// Runs on each new connection before anything else.
    private let begin: @Sendable (PostgresConnection) throws -> Void

    init(
        _ name: String, to hosts: PostgresHosts, limit: Duration,
        under reader: HubLogReader? = nil,
        beginning begin: @escaping @Sendable (PostgresConnection) throws -> Void = { _ in }
    ) {
        client = PostgresClient(name: name)
        self.hosts = hosts
        self.limit = limit
        self.reader = reader
        self.begin = begin
    }

    /// Runs `body` on the connection's thread. It runs again after a conflict with another transaction, and on a new
    /// connection after a loss: it only reads, or writes nothing new if it runs twice.
    /// - Throws: ``HubStoreError``.
    func run<Value: Sendable>(
        patience: Duration = patience, _ body: @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await client.run(on: self, patience: patience, body)
        } catch {
            throw HubStoreError(postgres: error)
        }
    }

    /// The same, with `prepare` on the thread before everything else, once.
    func run<Value: Sendable>(
        after prepare: @Sendable () -> Void, _ body: @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await client.run(after: prepare, on: self, patience: Self.patience, body)
        } catch {
            throw HubStoreError(postgres: error)
        }
    }

    /// Runs `body` in one transaction. It runs again as long as its commit was not sent. Its changes must be on two
    /// disks, unless a failover `mayForget` them.
    /// - Throws: ``HubStoreError``.
    func transaction<Value: Sendable>(
        _ begin: String = "BEGIN", mayForget: Bool = false, _ body: @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await run { connection in
            var isCommitting = false
            do {
                let value = try connection.transaction(begin) {
                    let value = try body(connection)
                    isCommitting = true
                    return value
                }
                if !mayForget { try PostgresSafety.requireStandby(connection, isSingleCopy: hosts.isSingleCopy) }
                return value
            } catch let error as PostgresError where isCommitting && error.kind == .unavailable {
                throw HubStoreError(
                    .unreachable,
                    "The hub's database was lost while it committed: \(error). See whether the change was made before "
                        + "you repeat it.")
            }
        }
    }
}

extension PostgresLink {
    /// Throws why nothing may begin now. Those that wait for a connection to a lost database would wait one after the
    /// other, each for its whole time.
    fileprivate func admit() throws { try reader?.requireContact() }

    /// Connects if there is no connection, or if the last one may lead to a server that the reader has left. A frozen
    /// one would keep each statement waiting for its whole time.
    fileprivate func connectIfNeeded(_ client: isolated PostgresClient) throws {
        let generation = reader?.generation ?? 0
        if client.isOpen, try client.run({ $0.generation }) == generation { return }
        try client.connect(to: hosts)
        do {
            try client.run { connection in
                connection.limit = limit
                connection.generation = generation
                if let reader { connection.giveUp(when: { reader.generation != generation }) }
                try PostgresSafety.begin(connection, isSingleCopy: hosts.isSingleCopy)
                try begin(connection)
            }
        } catch {
            client.close()
            throw error
        }
    }
}

extension PostgresClient {
    /// The pause before a server is asked again.
    private static let pauseMicroseconds: UInt32 = 50_000

    fileprivate func run<Value: Sendable>(
        after prepare: @Sendable () -> Void, on link: PostgresLink, patience: Duration,
        _ body: @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value {
        prepare()
        return try run(on: link, patience: patience, body)
    }

    /// Blocks the thread, which is this connection's own.
    fileprivate func run<Value: Sendable>(
        on link: PostgresLink, patience: Duration, _ body: @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value {
        try link.admit()
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                try link.connectIfNeeded(self)
                return try run(body)
            } catch let error as PostgresError {
                let isRepeated = error.kind == .conflict || error.kind == .unavailable
                guard isRepeated, ContinuousClock.now < deadline else { throw error }
                if error.kind == .unavailable { usleep(Self.pauseMicroseconds) }
            }
        }
    }
}
