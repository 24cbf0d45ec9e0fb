import BlueZ
import Console

/// Devices in columns.
enum DeviceTable {
    private static let titles = ["NAME", "ADDRESS", "SIGNAL", "HEART RATE", "BATTERY", "STATE"]
    /// Longer names than that are cut off: no strap has one.
    private static let nameCharacters = 32

    /// `names` has the straps of the configuration: if one of them is nearby, a column shows the names.
    static func lines(of devices: [NearbyDevice], names: ConfiguredNames = .none) -> [String] {
        let configured = devices.map { names.name(of: $0) }
        let hasNames = configured.contains { $0 != nil }
        let rows = zip(devices, configured).map { cells($0) + (hasNames ? [$1 ?? ""] : []) }
        let head = titles + (hasNames ? ["CONFIGURED AS"] : [])
        let table = devices.isEmpty ? [] : TextTable.lines(of: [head] + rows)
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
