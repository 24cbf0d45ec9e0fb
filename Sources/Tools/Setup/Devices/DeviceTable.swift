import BlueZ
import Console

/// Devices in columns.
enum DeviceTable {
    private static let titles = ["NAME", "ADDRESS", "SIGNAL", "HEART RATE", "BATTERY", "STATE"]
    /// Longer names than that are cut off: no strap has one.
    private static let nameCharacters = 32

    static func lines(of devices: [NearbyDevice]) -> [String] {
        let table = devices.isEmpty ? [] : TextTable.lines(of: [titles] + devices.map(cells))
        guard !devices.contains(where: \.isHeard) else { return table }
        return table + ["No strap heard. Put it on and moisten its electrodes: most sleep until they feel skin."]
    }

    private static func cells(_ device: NearbyDevice) -> [String] {
        [
            String((device.printableName ?? "-").prefix(nameCharacters)), device.address.description,
            device.signalText, device.heartRateText, device.batteryText, device.stateText,
        ]
    }
}
