public import HeartRate

/// A device as a scan shows it.
public struct NearbyDevice: Sendable, Hashable {
    public var address: BluetoothAddress
    /// The address of the adapter that hears it.
    public var adapter: BluetoothAddress
    /// The name that the user of this machine gave it, else its own; nil while it has told none. It comes from the air
    /// and may hold anything.
    public var name: String?
    /// The name that it gives itself; nil while it has told none.
    public var ownName: String?
    /// Whether its address is a private one, which the device gives up for another every 15 minutes or at each start.
    public var hasPrivateAddress = false
    /// Whether it was heard in this scan, or is connected; else bluetoothd only remembers it.
    public var isHeard = true
    /// Signal strength in dBm, as last heard; nil for a device that this scan has not heard, and with a controller that
    /// tells none.
    public var signalStrength: Int16?
    /// Whether it says that it has the Heart Rate service (0x180D).
    public var offersHeartRate: Bool
    /// The heart rate that it sends to everybody, where it does.
    public var broadcast: PolarBroadcast?
    /// nil until the device was connected to and has told it.
    public var batteryPercent: UInt8?
    public var isConnected: Bool
    public var isPaired: Bool
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

    /// Whether heart rate can be had from it.
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
