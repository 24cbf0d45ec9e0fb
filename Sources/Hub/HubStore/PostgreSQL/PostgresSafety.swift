import Postgres

/// Which servers may confirm a write, and how a connection to one is set up.
enum PostgresSafety {
    /// `client_connection_check_interval`; 140000 is 14.0.
    private static let oldestVersion = 140_000
    private static let safeCommits = ["on", "remote_apply"]

    /// Each new connection asks this: the next primary may have other settings than the last one.
    /// - Throws: ``HubStoreError/Code/cannotOpen``.
    static func refuseUnsafe(_ server: PostgresServerState, isSingleCopy: Bool) throws(HubStoreError) {
        guard server.version >= oldestVersion else {
            throw HubStoreError(
                .cannotOpen,
                "The database server is PostgreSQL \(server.version / 10_000). The hub needs 14 or later.")
        }
        guard !isSingleCopy else { return }
        guard server.hasFsync else {
            throw HubStoreError(
                .cannotOpen,
                "The database server has fsync off: a power cut loses readings that it accepted. Set fsync = on, or "
                    + "say --single-copy if that may happen.")
        }
        guard server.hasFullPages else {
            throw HubStoreError(
                .cannotOpen,
                "The database server has full_page_writes off: a power cut may damage what it accepted. Set "
                    + "full_page_writes = on, or say --single-copy if that may happen.")
        }
        guard safeCommits.contains(server.synchronousCommit) else {
            throw HubStoreError(
                .cannotOpen,
                "The database server has synchronous_commit = \(server.synchronousCommit): a failover loses readings "
                    + "that it accepted. Set it to on, or say --single-copy if that may happen.")
        }
    }

    /// The first statements of a connection.
    ///
    /// The server notices a client that has vanished, in a statement and outside of one. Otherwise the locks of a hub
    /// that lost its power could keep the others waiting for hours. And neither a later change of the server's settings
    /// nor a setting of the role weakens a commit, or hides the warning of one that no standby confirmed.
    static func begin(_ connection: PostgresConnection, isSingleCopy: Bool) throws {
        try refuseUnsafe(connection.server, isSingleCopy: isSingleCopy)
        let commit = isSingleCopy ? "" : "SET synchronous_commit = \(connection.server.synchronousCommit);"
        try connection.runScript(
            """
            SET client_connection_check_interval = 1000;
            SET idle_in_transaction_session_timeout = 10000;
            SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3;
            SET tcp_user_timeout = 3000; SET client_min_messages = warning; \(commit)
            """)
    }

    /// Commits a message of the write-ahead log, which a standby must have too.
    static func confirm(_ connection: PostgresConnection, isSingleCopy: Bool) throws {
        let answer = try connection.run(
            """
            SELECT pg_logical_emit_message(true, 'strapline', ''::text) IS NULL,
                current_setting('synchronous_standby_names')
            """)
        if let warning = answer.notices.first(where: { $0.severity >= .warning }) {
            throw PostgresError(.unconfirmed, warning.text, sqlState: warning.sqlState)
        }
        try requireNames(answer.first?[1].text, isSingleCopy: isSingleCopy)
    }

    /// Refuses a commit that was released because nothing has to confirm commits any more: an operator or a failover
    /// manager has emptied `synchronous_standby_names`, and the server gives no warning.
    static func requireStandby(_ connection: PostgresConnection, isSingleCopy: Bool) throws {
        guard !isSingleCopy else { return }
        let answer = try connection.run("SELECT current_setting('synchronous_standby_names')")
        try requireNames(answer.first?[0].text, isSingleCopy: isSingleCopy)
    }

    static func requireNames(_ names: String?, isSingleCopy: Bool) throws(PostgresError) {
        guard isSingleCopy || names?.isEmpty == false else {
            throw PostgresError(.unconfirmed, PostgresServerState.withoutNames)
        }
    }
}
