import GRDB

/// The state of the file when it is opened.
extension OutboxStore {
    func newestID() throws -> Int64 {
        try database.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM reading") } ?? 0
    }

    /// The boot of this name. A new one is made, with the state of its clock.
    func boot(named name: String, isClockTrusted: Bool) throws -> Boot {
        try database.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO boot (name, first_reading, is_clock_trusted)
                    VALUES (?, (SELECT coalesce(max(id), 0) + 1 FROM reading), ?)
                    """, arguments: [name, isClockTrusted])
            let row = try Row.fetchOne(
                db, sql: "SELECT id, first_reading, is_clock_trusted FROM boot WHERE name = ?", arguments: [name])
            guard let row else { throw DatabaseError(message: "boot \(name) was not kept") }
            return try Self.boot(row)
        }
    }

    /// The boot of this name; nil if the file does not have it.
    func knownBoot(named name: String) throws -> Boot? {
        try database.read { db in
            try Row.fetchOne(
                db, sql: "SELECT id, first_reading, is_clock_trusted FROM boot WHERE name = ?", arguments: [name]
            ).map(Self.boot)
        }
    }

    private static func boot(_ row: Row) throws -> Boot {
        Boot(
            id: try row.decode(Int64.self, atIndex: 0), firstReadingID: try row.decode(Int64.self, atIndex: 1),
            isClockTrusted: try row.decode(Bool.self, atIndex: 2))
    }

    /// Declares these lanes and no others. A new one starts after the newest reading.
    mutating func declare(_ lanes: Set<Lane>) throws -> [Lane: (id: Int64, cursor: Int64)] {
        var states: [Lane: (id: Int64, cursor: Int64)] = [:]
        for lane in lanes { _ = try strapID(lane.strap) }
        let strapIDs = strapIDs
        try database.write { db in
            try db.execute(sql: "UPDATE lane SET is_declared = 0")
            for lane in lanes {
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        INSERT INTO lane (strap, destination, cursor, is_declared)
                        VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM reading), 1)
                        ON CONFLICT (strap, destination) DO UPDATE SET is_declared = 1
                        RETURNING id, cursor
                        """, arguments: [strapIDs[lane.strap], lane.destination])
                states[lane] = try row.map(Self.laneState)
            }
        }
        return states
    }

    /// How far these lanes have come, of those that the file knows.
    func cursors(of lanes: Set<Lane>) throws -> [Lane: (id: Int64, cursor: Int64)] {
        try database.read { db in
            var states: [Lane: (id: Int64, cursor: Int64)] = [:]
            for lane in lanes {
                states[lane] = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT lane.id, cursor FROM lane JOIN strap ON strap.id = lane.strap
                        WHERE strap.name = ? AND destination = ?
                        """, arguments: [lane.strap, lane.destination]
                ).map(Self.laneState)
            }
            return states
        }
    }

    private static func laneState(_ row: Row) throws -> (id: Int64, cursor: Int64) {
        (try row.decode(Int64.self, atIndex: 0), try row.decode(Int64.self, atIndex: 1))
    }
}
