import TextFormats

/// How safe a write is at a server, as it said itself at one moment.
package struct PostgresServerState: Sendable, Hashable {
    package let isInRecovery: Bool
    /// The setting `synchronous_standby_names`; empty if a commit waits for no standby.
    package let standbyNames: String
    /// The standbys that stream now and that a commit waits for.
    package let syncingStandbys: Int
    /// The setting `synchronous_commit` of this connection.
    package let synchronousCommit: String
    /// The setting `fsync`: without it a power cut loses commits.
    package let hasFsync: Bool
    /// The setting `full_page_writes`: without it a power cut may damage pages that were being written.
    package let hasFullPages: Bool
    /// 150020 is 15.20.
    package let version: Int
    package let user: String
    /// Standbys whose state the user may not see.
    let hiddenStandbys: Int

    /// The detail of an error about a server whose commits wait for no standby.
    package static let withoutNames = "synchronous_standby_names is empty"

    /// Whether a write is on two disks when it is confirmed.
    package var isSafe: Bool { problem(isSingleCopy: false) == nil }

    /// Whether it waits for standbys and none follows. Hubs write nothing there until one does.
    var awaitsFollower: Bool {
        !isInRecovery && !standbyNames.isEmpty && syncingStandbys == 0 && hiddenStandbys == 0
    }

    static let question = """
        SELECT pg_is_in_recovery(), current_setting('synchronous_standby_names'),
            current_setting('synchronous_commit'), current_setting('fsync')::boolean,
            current_setting('full_page_writes')::boolean, current_setting('server_version_num')::int,
            current_user::text,
            count(*) FILTER (WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')),
            count(*) FILTER (WHERE sync_state IS NULL)
        FROM pg_stat_replication
        """

    /// Writes to the log of a primary that no standby follows, if a segment of it ends soon.
    ///
    /// After a failover a standby may ask for the next segment before the primary has begun it ("requested starting
    /// point … is ahead of the WAL flush position"), because the last primary had begun it. It asks until this one
    /// writes, and hubs write nothing until a standby follows. At most these last bytes of a segment are written, so
    /// that an outage of days fills no disk. No standby confirms the commit.
    static let waking = """
        SELECT set_config('synchronous_commit', 'local', true),
            pg_logical_emit_message(true, 'strapline', repeat(' ', 1024))
        FROM pg_size_bytes(current_setting('wal_segment_size')) AS size
        WHERE size - (pg_current_wal_flush_lsn() - '0/0'::pg_lsn) % size < 65536
        """

    init(_ rows: PostgresRows) throws(PostgresError) {
        guard let row = rows.first, row.count == 9, let isInRecovery = row[0].bool, let standbyNames = row[1].text,
            let synchronousCommit = row[2].text, let hasFsync = row[3].bool, let hasFullPages = row[4].bool,
            let version = row[5].int, let user = row[6].text, let syncing = row[7].int, let hidden = row[8].int
        else { throw PostgresError(.value, "the state of the server has other columns") }
        self.isInRecovery = isInRecovery
        self.standbyNames = standbyNames
        self.synchronousCommit = synchronousCommit
        self.hasFsync = hasFsync
        self.hasFullPages = hasFullPages
        self.version = Int(version)
        self.user = user
        syncingStandbys = Int(syncing)
        hiddenStandbys = Int(hidden)
    }

    /// Why no write may go there; nil if one may.
    func problem(isSingleCopy: Bool) -> PostgresError? {
        if isInRecovery { return PostgresError(.noPrimary) }
        if isSingleCopy { return nil }
        if standbyNames.isEmpty { return PostgresError(.noStandby, Self.withoutNames) }
        if syncingStandbys > 0 { return nil }
        if hiddenStandbys > 0 {
            return PostgresError(
                .noStandby, "its state is hidden: GRANT pg_read_all_stats TO \(user.printable())")
        }
        return PostgresError(.noStandby, "none of \(standbyNames.printable()) streams")
    }
}
