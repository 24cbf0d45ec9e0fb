import DBus
import HeartRate

/// The objects of `org.bluez` at one moment, reduced to the needs of the sessions.
///
/// Sessions decide by the present objects, not by changes. So a missed signal, or two signals in the wrong order,
/// cannot leave them in a wrong state.
struct BlueZSnapshot: Sendable, Equatable {
    /// An `org.bluez.Adapter1`.
    struct Adapter: Sendable, Equatable {
        var path: ObjectPath
        var address: BluetoothAddress
        var isPowered: Bool
        /// The known block of an adapter that is off.
        var block: RadioSwitch.Block?
        var isDiscovering: Bool
    }

    /// An `org.bluez.Device1`.
    struct Device: Sendable, Equatable {
        var path: ObjectPath
        var adapterPath: ObjectPath
        var address: BluetoothAddress
        /// Whether the address is a random one (`AddressType`), and not assigned by the IEEE.
        var isAddressRandom = false
        /// The device's own name. Nil before a scan response with it.
        var name: String?
        /// The name that a user gave it, else ``name``.
        var alias: String?
        var offersHeartRate: Bool
        /// Signal strength in dBm. BlueZ shows it only for a device that was heard in the scan that is running, and
        /// with some controllers never: it ranks devices, and says nothing about those without.
        var signalStrength: Int16?
        /// Whether the device was heard in the scan that is running, with or without a signal strength.
        var isHeard = false
        var isConnected: Bool
        var isPaired: Bool
        /// Whether the user has said that the device may come and go without being asked about.
        var isTrusted = false
        var isServicesResolved: Bool
        /// The `org.bluez.GattCharacteristic1` of Heart Rate Measurement below the device; nil while there is none.
        /// Which of several is decided by ``CharacteristicUse/ordered(_:)``.
        var measurementPath: ObjectPath?
        /// Further ones, the better first: tried when ``measurementPath`` refuses to notify.
        var otherMeasurementPaths: [ObjectPath] = []
        /// The `org.bluez.GattCharacteristic1` objects with details of the device.
        var detailPaths: [StrapCharacteristic: ObjectPath] = [:]
        /// The one of Heart Rate Control Point; nil while there is none.
        var controlPointPath: ObjectPath?
        /// What the device's battery holds, in percent, as its `org.bluez.Battery1` says; nil while it has none.
        var batteryPercent: UInt8?
        /// The heart rate that the device broadcasts, as last heard.
        var polarBroadcast: PolarBroadcast?

        /// Whether the device changes its address for privacy, about every 15 minutes or when it starts. bluetoothd
        /// shows the lasting address of one that it has a bond with.
        var hasPrivateAddress: Bool { isAddressRandom && !isPaired && address.isPrivateWhenRandom }

        /// Whether there is a reason to believe that the device can be reached now.
        var isPresent: Bool { isConnected || isAdvertising }

        /// Whether it was heard in the scan that is running.
        var isAdvertising: Bool { signalStrength != nil || isHeard }
    }

    /// Counts up with every change; of two snapshots the one with the higher number is newer.
    var revision: Int
    /// Why there is nothing to see, when the bus or bluetoothd is not there.
    var unavailable: StrapState.Reason?
    var adapters: [ObjectPath: Adapter] = [:]
    var devices: [ObjectPath: Device] = [:]

    /// Whether the address is that of an adapter. One adapter hears the advertisement of another as a device, which is
    /// no strap: this program itself may serve a heart rate there.
    func isOwn(_ address: BluetoothAddress) -> Bool { adapters.values.contains { $0.address == address } }

    /// Reads the blocks of the adapters that are off. The switches are read only then.
    mutating func noteBlocks(of radioSwitches: () -> [RadioSwitch]) {
        let off = adapters.filter { !$0.value.isPowered }
        guard !off.isEmpty else { return }
        let blocks = radioSwitches()
        for (path, adapter) in off { adapters[path]?.block = blocks.first { $0.name == adapter.name }?.block }
    }
}
