import BlueZ
import HeartRate

/// The shape that `strapline scan --json` promises. Unknown values are left out.
struct DeviceRecord: Encodable {
    let device: NearbyDevice

    private enum CodingKeys: String, CodingKey {
        case address, adapter, name, connected, paired, trusted
        case signal = "rssi_dbm"
        case service = "heart_rate_service"
        case broadcast = "broadcast_bpm"
        case battery = "battery_percent"
        case changesAddress = "address_changes"
        case isHeard = "heard"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(device.address.description, forKey: .address)
        try container.encode(device.adapter.description, forKey: .adapter)
        try container.encodeIfPresent(device.printableName, forKey: .name)
        try container.encodeIfPresent(device.signalStrength, forKey: .signal)
        try container.encode(device.offersHeartRate, forKey: .service)
        try container.encodeIfPresent(device.broadcast?.beatsPerMinute, forKey: .broadcast)
        try container.encodeIfPresent(device.batteryPercent, forKey: .battery)
        try container.encode(device.isConnected, forKey: .connected)
        try container.encode(device.isPaired, forKey: .paired)
        try container.encode(device.isTrusted, forKey: .trusted)
        if !device.isHeard { try container.encode(false, forKey: .isHeard) }
        if device.hasPrivateAddress { try container.encode(true, forKey: .changesAddress) }
    }
}
