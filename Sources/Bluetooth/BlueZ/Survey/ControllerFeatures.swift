import CBluetooth

/// The features of an adapter's controller, as reported by the kernel.
package struct ControllerFeatures: Sendable, Equatable {
    /// The LMP features, page 0 (Core Specification, volume 2, part C, section 3.3).
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Asks the kernel (`HCIGETDEVINFO`), which needs no rights. Nil for an unknown adapter. `name` is like `hci0`.
    package init?(ofAdapter name: String) {
        guard name.hasPrefix("hci"), let index = Int32(name.dropFirst(3)) else { return nil }
        var information = hci_dev_info()
        guard hci_devinfo(index, &information) == 0 else { return nil }
        bytes = withUnsafeBytes(of: information.features) { Array($0) }
    }

    /// Whether the controller supports Bluetooth Low Energy, as all straps do. Nil before it was switched on once.
    package var offersLowEnergy: Bool? {
        guard bytes.count > 4, bytes.contains(where: { $0 != 0 }) else { return nil }
        return bytes[4] & UInt8(LMP_LE) != 0
    }
}
