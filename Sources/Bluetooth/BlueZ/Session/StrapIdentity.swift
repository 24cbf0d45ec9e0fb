/// Which device it is: more than its address, which a watch or a phone changes.
///
/// A device with a bond needs no more than that: bluetoothd knows it by the key and shows its lasting address.
struct StrapIdentity: Sendable, Equatable {
    var address: BluetoothAddress
    var name: String?
    /// Whether the address is one that the device changes for privacy.
    var hasPrivateAddress: Bool

    init(_ device: BlueZSnapshot.Device) {
        address = device.address
        name = device.name
        hasPrivateAddress = device.hasPrivateAddress
    }

    /// Whether this is the device, or the same one with another private address.
    func fits(_ device: BlueZSnapshot.Device) -> Bool {
        if device.address == address { return true }
        return hasPrivateAddress && device.hasPrivateAddress && name != nil && device.name == name
    }
}

/// The devices that ``StrapSelector/first`` has rejected. They are tried again if there is no other, or after a while.
/// Private addresses may never come again, so the oldest are dropped.
struct RejectedDevices: Sendable, Equatable {
    private static let limit = 32

    private var addresses: [BluetoothAddress] = []

    func contains(_ address: BluetoothAddress) -> Bool { addresses.contains(address) }

    mutating func insert(_ address: BluetoothAddress) {
        addresses.removeAll { $0 == address }
        if addresses.count == Self.limit { addresses.removeFirst() }
        addresses.append(address)
    }

    mutating func removeAll() { addresses = [] }
}
