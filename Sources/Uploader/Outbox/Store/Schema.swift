import GRDB

/// The tables of the file.
///
/// Rows are small, for SD cards: a reading at rest takes some 30 bytes. Straps, boots and destinations are named once.
/// `reading.id` is the order of arrival. It needs no `AUTOINCREMENT`, which would write a second page with every
/// append: the newest reading never leaves, so the next id is always one more than any before.
enum Schema {
    /// Marks the file as an outbox: "Strl" in the header's `application_id`.
    static let applicationID: Int64 = 0x5374_726C

    /// A commit writes whole pages; a reading and a cursor fill little of one.
    static let pageBytes = 1024

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: version1)
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: version2)
        }
        migrator.registerMigration("3") { db in
            try db.execute(sql: version3)
        }
        migrator.registerMigration("4") { db in
            try db.execute(sql: version4)
        }
        migrator.registerMigration("5") { db in
            try db.execute(sql: version5)
        }
        return migrator
    }

    /// Throws ``OutboxError`` when the file holds tables that are not of an outbox, or of a newer one.
    static func refuseForeignFile(_ db: Database, path: String) throws {
        let id = try Int64.fetchOne(db, sql: "PRAGMA application_id")
        if id == applicationID {
            guard try !migrator.hasBeenSuperseded(db) else {
                throw OutboxError(.newerSchema, path: path, detail: "made by a newer strapline")
            }
        } else if try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE tbl_name <> 'grdb_migrations')") == true
        {
            // The table of migrations alone is what a crash leaves of an outbox that was only just begun.
            throw OutboxError(.notAnOutbox, path: path, detail: "a database of another program")
        }
    }

    /// Throws ``OutboxError`` when the file is one of an older Strapline that no newer one has opened yet.
    static func refuseOlderFile(_ db: Database, path: String) throws {
        guard try Int64.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
            throw OutboxError(.notAnOutbox, path: path, detail: "an empty file")
        }
        guard try migrator.hasCompletedMigrations(db) else {
            throw OutboxError(.olderSchema, path: path, detail: "made by an older strapline")
        }
    }

    private static let version1 = """
        PRAGMA application_id = \(applicationID);
        CREATE TABLE strap (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE boot (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            first_reading INTEGER NOT NULL, -- no reading of this boot has a lower id
            is_clock_trusted INTEGER NOT NULL -- whether its readings have their right time
        );
        CREATE TABLE reading (
            id INTEGER PRIMARY KEY,
            strap INTEGER NOT NULL,
            boot INTEGER NOT NULL,
            wall_ms INTEGER NOT NULL,
            boot_ms INTEGER NOT NULL,
            bpm INTEGER NOT NULL,
            contact INTEGER NOT NULL, -- bits 1 and 2 of the flags: 0 unsupported, 2 not detected, 3 detected
            energy_kj INTEGER,
            rr BLOB -- little-endian words in 1/1024 s
        );
        CREATE TABLE lane (
            id INTEGER PRIMARY KEY,
            strap INTEGER NOT NULL,
            destination TEXT NOT NULL,
            cursor INTEGER NOT NULL, -- the last reading that the lane has passed
            is_declared INTEGER NOT NULL,
            UNIQUE (strap, destination)
        );
        CREATE TABLE set_aside (
            lane INTEGER NOT NULL,
            reading INTEGER NOT NULL,
            reason TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            PRIMARY KEY (lane, reading)
        ) WITHOUT ROWID;
        CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO counter VALUES ('dropped', 0);
        """

    private static let version2 = """
        ALTER TABLE set_aside ADD COLUMN refusals INTEGER NOT NULL DEFAULT 1; -- how often it was refused
        ALTER TABLE set_aside ADD COLUMN is_put_back INTEGER NOT NULL DEFAULT 0; -- requeued by the user
        """

    private static let version3 = """
        ALTER TABLE lane ADD COLUMN too_old INTEGER NOT NULL DEFAULT 0; -- readings passed over because of their age
        CREATE TABLE gap ( -- readings behind a lane's cursor that it has left for later
            id INTEGER PRIMARY KEY,
            lane INTEGER NOT NULL,
            after_reading INTEGER NOT NULL, -- the last reading before the gap, or the last of it that is delivered
            last_reading INTEGER NOT NULL
        );
        """

    private static let version4 = """
        CREATE TABLE IF NOT EXISTS device ( -- what a strap says of itself, from a reading on
            strap INTEGER NOT NULL,
            since_reading INTEGER NOT NULL,
            manufacturer TEXT,
            model TEXT,
            serial_number TEXT,
            firmware TEXT,
            PRIMARY KEY (strap, since_reading)
        ) WITHOUT ROWID;
        """

    private static let version5 = """
        CREATE TABLE IF NOT EXISTS session_destination ( -- where finished sessions are uploaded
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            since_reading INTEGER NOT NULL, -- sessions that ended before are uploaded on request only
            is_declared INTEGER NOT NULL
        );
        CREATE TABLE IF NOT EXISTS session_upload ( -- a finished session on its way to a destination
            destination INTEGER NOT NULL,
            first_reading INTEGER NOT NULL,
            last_reading INTEGER NOT NULL,
            strap INTEGER NOT NULL,
            external_id TEXT NOT NULL,
            state INTEGER NOT NULL, -- 0 waiting, 1 uploaded, 2 set aside
            is_begun INTEGER NOT NULL DEFAULT 0, -- a request was sent, and its outcome is not known
            at_ms INTEGER NOT NULL, -- of the last change
            reason TEXT,
            remote_id TEXT,
            PRIMARY KEY (destination, external_id)
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS session_waiting ON session_upload (strap, last_reading) WHERE state = 0;
        CREATE TABLE IF NOT EXISTS session_scan ( -- how far the search for finished sessions has come
            strap INTEGER PRIMARY KEY, -- 0 for all of them
            through_reading INTEGER NOT NULL
        );
        """
}
