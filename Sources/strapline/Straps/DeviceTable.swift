import BlueZ

/// Devices in columns.
enum DeviceTable {
    private static let titles = ["NAME", "ADDRESS", "SIGNAL", "HEART RATE", "BATTERY", "STATE"]
    /// Longer names than that are cut off: no strap has one.
    private static let nameCharacters = 32

    static func lines(of devices: [NearbyDevice]) -> [String] {
        guard !devices.isEmpty else {
            return ["No strap heard. Put it on and moisten its electrodes: most sleep until they feel skin."]
        }
        let rows = [titles] + devices.map(cells)
        let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
                separator: "  ")
            return String(padded.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func cells(_ device: NearbyDevice) -> [String] {
        [
            String((device.printableName ?? "-").prefix(nameCharacters)), device.address.description,
            device.signalText, device.heartRateText, device.batteryText, device.stateText,
        ]
    }
}
