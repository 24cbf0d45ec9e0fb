import CBluetooth

/// What an adapter's controller can do, as it told the kernel.
public struct ControllerFeatures: Sendable, Equatable {
    /// The LMP features, page 0 (Core Specification, volume 2, part C, section 3.3).
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Asks the kernel (`HCIGETDEVINFO`), which every user may; nil when it knows no such adapter. `name` is like
    /// `hci0`.
    public init?(ofAdapter name: String) {
        guard name.hasPrefix("hci"), let index = Int32(name.dropFirst(3)) else { return nil }
        var information = hci_dev_info()
        guard hci_devinfo(index, &information) == 0 else { return nil }
        bytes = withUnsafeBytes(of: information.features) { Array($0) }
    }

    /// Whether the controller speaks Bluetooth Low Energy, as all straps do; nil while it has not told its features,
    /// which it does when it is first switched on.
    public var offersLowEnergy: Bool? {
        guard bytes.count > 4, bytes.contains(where: { $0 != 0 }) else { return nil }
        return bytes[4] & UInt8(LMP_LE) != 0
    }
}
