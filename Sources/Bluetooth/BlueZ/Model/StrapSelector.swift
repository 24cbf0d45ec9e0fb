/// Selects the device of a strap.
public enum StrapSelector: Sendable, Hashable {
    /// The device with this address. Select a device with a private address by its name.
    case address(BluetoothAddress)
    /// A device with this name, which is its own or was given by the user of this machine. If several devices have it,
    /// the connected one is selected, then the one with the strongest signal.
    case name(String)
    /// The first device with the Heart Rate service (0x180D), or with broadcasts, that no other strap selects. The
    /// device of the first heart rate stays selected, also if it changes its private address.
    case first

    func matches(_ device: BlueZSnapshot.Device) -> Bool {
        switch self {
        case .address(let address): device.address == address
        case .name(let name): device.name == name || device.alias == name
        case .first: device.offersHeartRate
        }
    }

    /// Whether a scan must report devices that do not advertise 0x180D. Some straps do not.
    var needsUnfilteredScan: Bool { self != .first }
}
