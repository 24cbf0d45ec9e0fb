import GRDB

extension DatabaseMigrator {
    /// Contact and RR intervals, readings summed up, and the users' profiles: docs/decisions/0020-hub-sessions.md.
    ///
    /// `slot_backlog` has the users whose readings from before this migration are not summed up yet, and how far back
    /// they are: the work takes minutes, and the hub does it while it serves.
    mutating func registerSessions() {
        registerMigration("S1 sessions") { db in
            try db.execute(
                sql: """
                    CREATE TABLE reading_detail (
                        user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                        measured_at_ms INTEGER NOT NULL,
                        contact INTEGER NOT NULL,
                        rr TEXT NOT NULL,
                        PRIMARY KEY (user_id, measured_at_ms)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE reading_slot (
                        user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                        slot INTEGER NOT NULL,
                        first_ms INTEGER NOT NULL,
                        last_ms INTEGER NOT NULL,
                        readings INTEGER NOT NULL,
                        rate_sum INTEGER NOT NULL,
                        lowest_rate INTEGER NOT NULL,
                        highest_rate INTEGER NOT NULL,
                        minute_bits INTEGER NOT NULL,
                        intervals INTEGER NOT NULL,
                        PRIMARY KEY (user_id, slot)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE slot_backlog (
                        user_id INTEGER NOT NULL PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
                        before_ms INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    INSERT INTO slot_backlog (user_id, before_ms)
                        SELECT id, (SELECT max(measured_at_ms) + 1 FROM reading WHERE user_id = user.id) FROM user
                        WHERE EXISTS (SELECT 1 FROM reading WHERE user_id = user.id);
                    CREATE TABLE profile (
                        user_id INTEGER NOT NULL PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
                        max_heart_rate INTEGER
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
    }
}
