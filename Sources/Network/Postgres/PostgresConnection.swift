import CPostgreSQL

/// A connection to one server, for one thread. Each call ends by a deadline.
///
/// After ``PostgresError/Code/timedOut`` and ``PostgresError/Code/connectionLost`` it is closed, and nothing says
/// whether the last statement ran. Connect again with ``PostgresHosts``.
///
/// ```swift
/// let connection = try PostgresHosts(address, PostgresLibrary()).connect()
/// let rows = try connection.run("SELECT name FROM room WHERE id = $1", [.int8(7)])
/// ```
package final class PostgresConnection {
    private struct StatementKey: Hashable {
        let text: String
        let types: [UInt32]
    }

    /// More statements than a program has. Others are sent without a name.
    private static let mostPrepared = 500

    /// The deadline of each call, counted from its start.
    package var limit: Duration = .seconds(2)
    /// A number of the caller's, by which it knows when the connection was made.
    package var generation = 0
    /// The server as it was when the connection was made.
    package let server: PostgresServerState
    private var handle: PostgresHandle?
    private var prepared: [StatementKey: String] = [:]
    private var preparedCount = 0
    /// The deadline of all calls of ``within(_:_:)``.
    private var commonDeadline: ContinuousClock.Instant?

    init(_ handle: PostgresHandle, _ server: PostgresServerState) {
        self.handle = handle
        self.server = server
    }

    package var isOpen: Bool { handle != nil }

    package func close() {
        handle = nil
        prepared = [:]
    }

    /// Nil when it is closed.
    package var socket: Int32? { handle?.socket }

    /// From now on a statement that waits ends with ``PostgresError/Code/timedOut`` soon after `isGivenUp` has become
    /// true. It is called from the connection's thread.
    package func giveUp(when isGivenUp: @escaping @Sendable () -> Bool) {
        handle?.isGivenUp = isGivenUp
    }

    // MARK: Statements

    /// Gives all calls of `body` together this time, instead of ``limit`` to each.
    package func within<Value>(_ limit: Duration, _ body: () throws -> Value) rethrows -> Value {
        let outer = commonDeadline
        let deadline = ContinuousClock.now + limit
        commonDeadline = outer.map { min($0, deadline) } ?? deadline
        defer { commonDeadline = outer }
        return try body()
    }

    /// Runs one statement. Its parameters are `$1`, `$2`, …. The server keeps its plan.
    package func run(_ sql: String, _ values: [PostgresValue] = []) throws(PostgresError) -> PostgresRows {
        var encoded: [[UInt8]?] = []
        for value in values { encoded.append(try PostgresBinary.encode(value)) }
        let key = StatementKey(text: sql, types: values.map(PostgresBinary.oid))
        return try perform { (handle, deadline) throws(PostgresError) in
            if let name = try prepare(key, handle, deadline) {
                try handle.send(prepared: name, values: encoded)
            } else {
                try handle.send(sql, types: key.types, values: encoded)
            }
            do throws(PostgresError) {
                return try Self.rows(handle, deadline)
            } catch {
                // A change of the schema makes a plan useless. The next call makes another one.
                if error.sqlState == "0A000" || error.sqlState == "26000" { prepared[key] = nil }
                throw error
            }
        }
    }

    /// Runs several statements without values, such as those of a schema.
    package func runScript(_ sql: String) throws(PostgresError) {
        _ = try perform { (handle, deadline) throws(PostgresError) in
            try handle.send(script: sql)
            return try Self.end(handle, deadline)
        }
    }

    /// Asks the server again how safe a write is.
    package func readServerState() throws(PostgresError) -> PostgresServerState {
        try PostgresServerState(run(PostgresServerState.question))
    }

    /// Runs `body` between `begin` and COMMIT, or ROLLBACK if it throws.
    /// - Throws: ``PostgresError/Code/unconfirmed`` if the commit came with a warning: a server reports no more when it
    ///   stops waiting for its standby.
    package func transaction<Value>(_ begin: String = "BEGIN", _ body: () throws -> Value) throws -> Value {
        try runScript(begin)
        let value: Value
        do {
            value = try body()
            // After an error COMMIT would be a ROLLBACK that reports success.
            guard handle?.transactionStatus == CPOSTGRES_TRANSACTION_OPEN else {
                throw PostgresError(.server, "a statement of the transaction failed", sqlState: "25P02")
            }
        } catch {
            if isOpen { try? runScript("ROLLBACK") }
            throw error
        }
        let notices = try perform { (handle, deadline) throws(PostgresError) in
            try handle.send(script: "COMMIT")
            return try Self.end(handle, deadline)
        }
        if let warning = notices.first(where: { $0.severity >= .warning }) {
            throw PostgresError(.unconfirmed, warning.text, sqlState: warning.sqlState)
        }
        return value
    }

    // MARK: Notifications

    package func listen(to channel: String) throws(PostgresError) {
        let name = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        try runScript("LISTEN \"\(name)\"")
    }

    /// The notifications that have come, without waiting. Wait for ``socket`` if there are none.
    package func takeNotifications() throws(PostgresError) -> [PostgresNotification] {
        try perform { (handle, _) throws(PostgresError) in try handle.takeNotifications() }
    }

    // MARK: Calls

    /// Runs `body`, and closes a connection that is of no use afterwards.
    private func perform<Value>(
        _ body: (PostgresHandle, ContinuousClock.Instant) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        guard let handle else { throw PostgresError(.closed) }
        do throws(PostgresError) {
            return try body(handle, commonDeadline ?? .now + limit)
        } catch {
            let isBroken = error.code == .timedOut || error.code == .connectionLost || !handle.isConnected
            // The server ends the connection with its words.
            if isBroken || error.sqlState?.hasPrefix("57P") == true || error.sqlState == "25P03" { close() }
            throw error
        }
    }

    /// The name of the statement, which the server then knows; nil if it knows enough.
    private func prepare(
        _ key: StatementKey, _ handle: PostgresHandle, _ deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> String? {
        if let name = prepared[key] { return name }
        guard preparedCount < Self.mostPrepared else { return nil }
        let name = "s\(preparedCount)"
        preparedCount += 1
        try handle.sendPrepare(name, key.text, types: key.types)
        _ = try Self.end(handle, deadline)
        prepared[key] = name
        return name
    }

    private static func rows(
        _ handle: PostgresHandle, _ deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> PostgresRows {
        var rows: PostgresRows?
        var failure: PostgresError?
        while let result = try handle.nextResult(by: deadline) {
            failure = failure ?? result.error
            guard failure == nil else { continue }
            do throws(PostgresError) {
                rows = try result.rows([])
            } catch {
                failure = error
            }
        }
        let notices = handle.takeNotices()
        if let failure { throw failure }
        guard let rows else { throw PostgresError(.connectionLost, handle.errorText) }
        return PostgresRows(
            columns: rows.columns, rows: rows.rows, changedCount: rows.changedCount, notices: notices)
    }

    /// Waits for the end of statements whose rows are of no interest.
    private static func end(
        _ handle: PostgresHandle, _ deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> [PostgresNotice] {
        var failure: PostgresError?
        while let result = try handle.nextResult(by: deadline) { failure = failure ?? result.error }
        let notices = handle.takeNotices()
        if let failure { throw failure }
        return notices
    }
}
