import GRDB

extension OutboxReader {
    /// What the strap said of itself last, up to the reading `id`; nil if nothing is known.
    /// - Throws: ``OutboxError``.
    package func device(of strap: String, through id: Int64 = .max) async throws -> StrapDevice? {
        try await read { db in
            // An older uploader may have the file open.
            guard try db.tableExists("device") else { return nil }
            return try Row.fetchOne(
                db,
                sql: """
                    SELECT manufacturer, model, serial_number, firmware FROM device
                    WHERE strap = (SELECT id FROM strap WHERE name = ?) AND since_reading <= ?
                    ORDER BY since_reading DESC LIMIT 1
                    """, arguments: [strap, id]
            ).map(StrapDevice.init)
        }
    }
}

extension StrapDevice {
    init(_ row: Row) {
        self.init(manufacturer: row[0], model: row[1], serialNumber: row[2], firmware: row[3])
    }
}
