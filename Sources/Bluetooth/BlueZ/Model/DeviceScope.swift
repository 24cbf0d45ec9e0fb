import DBus

/// Selects the devices in snapshots. In a crowd most devices are not straps, and their signals must cost next to
/// nothing.
struct DeviceScope: Sendable, Equatable {
    /// Whether all devices are shown.
    var isEverything = false
    /// Devices that may be one of these are shown.
    var straps: Set<StrapConfiguration> = []
    /// Whether connected devices of any kind are shown.
    var includesConnected = false

    static let everything = DeviceScope(isEverything: true)

    static func straps(_ straps: [StrapConfiguration], includingConnected: Bool = false) -> DeviceScope {
        DeviceScope(straps: Set(straps), includesConnected: includingConnected)
    }

    /// Devices that fit a selector, whether they are connected to or broadcast.
    static func fitting(_ selector: StrapSelector) -> DeviceScope {
        straps([
            StrapConfiguration(name: "", selector: selector, mode: .connect),
            StrapConfiguration(name: "", selector: selector, mode: .broadcast),
        ])
    }

    func includes(_ device: BlueZSnapshot.Device) -> Bool {
        isEverything || includesConnected && device.isConnected || straps.contains { $0.matches(device) }
    }

    mutating func formUnion(_ other: DeviceScope) {
        isEverything = isEverything || other.isEverything
        straps.formUnion(other.straps)
        includesConnected = includesConnected || other.includesConnected
    }
}
