import GRDB

extension OutboxStore {
    /// Keeps what the strap says of itself from the reading `id` on, unless it said the same before.
    mutating func keep(_ device: StrapDevice, ofStrap name: String, sinceReading id: Int64) throws {
        let strap = try strapID(name)
        try write(synced: false) { db in
            let known = try Row.fetchOne(
                db,
                sql: """
                    SELECT manufacturer, model, serial_number, firmware FROM device WHERE strap = ?
                    ORDER BY since_reading DESC LIMIT 1
                    """, arguments: [strap]
            ).map(StrapDevice.init)
            guard known != device else { return }
            try db.execute(
                sql: "INSERT OR REPLACE INTO device VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [strap, id, device.manufacturer, device.model, device.serialNumber, device.firmware])
        }
    }
}
