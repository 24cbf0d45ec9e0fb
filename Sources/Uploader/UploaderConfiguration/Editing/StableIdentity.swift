package import BlueZ

/// By what the configuration finds a new strap again.
package enum StableIdentity: Equatable {
    case address(BluetoothAddress)
    /// The name that the device gives itself.
    case deviceName(String)

    /// Nil for a device without a stable identity: its address changes, and it has no name.
    package init?(of device: NearbyDevice) {
        self.init(address: device.address, hasPrivateAddress: device.hasPrivateAddress, ownName: device.ownName)
    }

    package init?(address: BluetoothAddress, hasPrivateAddress: Bool, ownName: String?) {
        if !hasPrivateAddress {
            self = .address(address)
        } else if let ownName, !ownName.isEmpty {
            self = .deviceName(ownName)
        } else {
            return nil
        }
    }

    /// The line of YAML.
    package var line: String {
        switch self {
        case .address(let address): "address: \(StrapEntry.quoted(address.description))"
        case .deviceName(let name): "device_name: \(StrapEntry.quoted(name))"
        }
    }

    /// Why a device is found by its name; nil where it is found by its address.
    package func explanation(insteadOf address: BluetoothAddress) -> String? {
        guard case .deviceName = self else { return nil }
        return "\(address) is a private address, which the device changes every 15 minutes or at each start: the "
            + "configuration finds it by its name."
    }

    /// Why nothing can be written about a device that was not heard, and what to do.
    package static func refusal(ofUnheard address: BluetoothAddress) -> String {
        "\(address) is a private address, which changes every 15 minutes or at each start: a configuration could "
            + "not find it again. The device was not heard, so its name is unknown. Put it on and run this again, or "
            + "put its `device_name` into the configuration by hand; strapline scan shows it."
    }

    /// Why a device without a name cannot be configured, and what to do.
    package static func refusal(of address: BluetoothAddress) -> String {
        "\(address) is a private address, which changes every 15 minutes or at each start, and the device has no "
            + "name: a configuration could not find it again. Pair with it to learn its stable address (strapline "
            + "pair --pair \(address)), or give it a name in its own settings."
    }
}
