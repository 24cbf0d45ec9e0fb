/// How a strap is recognised.
public enum StrapSelector: Sendable, Hashable {
    /// The device with this address. Not for devices that change theirs for privacy: name those.
    case address(BluetoothAddress)
    /// A device that gives itself this name, or that the user of this machine gave it to. When several do, the one
    /// that is connected, else the one with the strongest signal.
    case name(String)
    /// The first device that offers the Heart Rate service (0x180D), or that broadcasts, by the ``StrapMode``, and that
    /// no other strap asks for. The device of the first heart rate is kept until the program ends, also when it changes
    /// its private address.
    case first

    func matches(_ device: BlueZSnapshot.Device) -> Bool {
        switch self {
        case .address(let address): device.address == address
        case .name(let name): device.name == name || device.alias == name
        case .first: device.offersHeartRate
        }
    }

    /// Whether a scan has to report devices that do not advertise 0x180D: not every strap does.
    var needsUnfilteredScan: Bool { self != .first }
}
