package import BlueZ
package import HeartRate

/// A strap as a scan shows it, with just the differences spelt out.
package enum Device {
    package static func named(
        _ name: String?, _ address: String = "C4:11:22:33:44:55", signalStrength: Int16? = -60,
        offersHeartRate: Bool = true, broadcast: PolarBroadcast? = nil, isPaired: Bool = false
    ) throws -> NearbyDevice {
        NearbyDevice(
            address: try Self.address(address), adapter: try Self.address("00:1A:7D:DA:71:13"), name: name,
            signalStrength: signalStrength, offersHeartRate: offersHeartRate, broadcast: broadcast, batteryPercent: nil,
            isConnected: false, isPaired: isPaired, isTrusted: false)
    }

    package static func address(_ text: String) throws -> BluetoothAddress {
        struct NoAddress: Error {}
        guard let address = BluetoothAddress(text) else { throw NoAddress() }
        return address
    }
}
