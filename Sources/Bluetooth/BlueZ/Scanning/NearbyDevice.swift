public import HeartRate

/// A device in the result of a scan.
public struct NearbyDevice: Sendable, Hashable {
    /// The address of the device.
    public var address: BluetoothAddress
    /// The address of the adapter that receives it.
    public var adapter: BluetoothAddress
    /// The name that the user of this machine gave it, or its own name. Nil without both. It comes from the air and may
    /// hold any text.
    public var name: String?
    /// Its own name; nil without one.
    public var ownName: String?
    /// Whether its address is private. The device changes such an address every 15 minutes or at each start.
    public var hasPrivateAddress = false
    /// Whether this scan has found it, or it is connected. Otherwise bluetoothd only remembers it.
    public var isHeard = true
    /// The latest signal strength in dBm. Nil if this scan has not found the device, or if the controller reports none.
    public var signalStrength: Int16?
    /// Whether it advertises the Heart Rate service (0x180D).
    public var offersHeartRate: Bool
    /// The heart rate that it broadcasts; nil without one.
    public var broadcast: PolarBroadcast?
    /// The charge of its battery. Nil before the first connection.
    public var batteryPercent: UInt8?
    /// Whether it is connected to this machine.
    public var isConnected: Bool
    /// Whether it has a bond with this machine.
    public var isPaired: Bool
    /// Whether it is marked as trusted.
    public var isTrusted: Bool

    package init(
        address: BluetoothAddress, adapter: BluetoothAddress, name: String?, signalStrength: Int16?,
        offersHeartRate: Bool, broadcast: PolarBroadcast?, batteryPercent: UInt8?, isConnected: Bool, isPaired: Bool,
        isTrusted: Bool
    ) {
        self.address = address
        self.adapter = adapter
        self.name = name
        self.signalStrength = signalStrength
        self.offersHeartRate = offersHeartRate
        self.broadcast = broadcast
        self.batteryPercent = batteryPercent
        self.isConnected = isConnected
        self.isPaired = isPaired
        self.isTrusted = isTrusted
    }

    /// Whether it offers a heart rate.
    public var isHeartRateStrap: Bool { offersHeartRate || broadcast != nil }
}

extension NearbyDevice {
    init(_ device: BlueZSnapshot.Device, on adapter: BluetoothAddress) {
        address = device.address
        self.adapter = adapter
        // Without a name BlueZ makes an alias of the address.
        name = device.alias.flatMap { BluetoothAddress($0) == nil ? $0 : nil } ?? device.name
        ownName = device.name
        hasPrivateAddress = device.hasPrivateAddress
        isHeard = device.isPresent
        signalStrength = device.signalStrength
        offersHeartRate = device.offersHeartRate
        broadcast = device.polarBroadcast
        batteryPercent = device.batteryPercent
        isConnected = device.isConnected
        isPaired = device.isPaired
        isTrusted = device.isTrusted
    }
}
