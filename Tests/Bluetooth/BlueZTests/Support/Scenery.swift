import DBus
import HeartRate

@testable import BlueZ

/// Parts of what BlueZ may show, with just the differences spelt out.
enum Scenery {
    static let hci0: ObjectPath = "/org/bluez/hci0"
    static let hci1: ObjectPath = "/org/bluez/hci1"

    static func adapter(
        _ path: ObjectPath = hci0, address: String = "00:AA:01:00:00:42", isPowered: Bool = true,
        isDiscovering: Bool = false
    ) -> BlueZSnapshot.Adapter {
        BlueZSnapshot.Adapter(
            path: path, address: Self.address(address), isPowered: isPowered, isDiscovering: isDiscovering)
    }

    /// A strap in range during the current scan.
    static func strap(
        _ number: Int = 1, on adapter: ObjectPath = hci0, name: String? = "HR Strap", offersHeartRate: Bool = true,
        signalStrength: Int16? = -60, isConnected: Bool = false, isPaired: Bool = false, isResolved: Bool = false,
        hasMeasurement: Bool = false, broadcast: PolarBroadcast? = nil
    ) -> BlueZSnapshot.Device {
        let path = devicePath(number, on: adapter)
        return BlueZSnapshot.Device(
            path: path, adapterPath: adapter, address: address("C4:00:00:00:00:0\(number)"), name: name, alias: name,
            offersHeartRate: offersHeartRate, signalStrength: signalStrength, isConnected: isConnected,
            isPaired: isPaired, isServicesResolved: isResolved,
            measurementPath: hasMeasurement ? characteristicPath(number, on: adapter) : nil, polarBroadcast: broadcast)
    }

    /// A strap that is connected and ready to be listened to.
    static func connectedStrap(_ number: Int = 1, on adapter: ObjectPath = hci0) -> BlueZSnapshot.Device {
        strap(number, on: adapter, signalStrength: nil, isConnected: true, isResolved: true, hasMeasurement: true)
    }

    static func devicePath(_ number: Int = 1, on adapter: ObjectPath = hci0) -> ObjectPath {
        path(adapter.string + "/dev_C4_00_00_00_00_0\(number)")
    }

    static func characteristicPath(_ number: Int = 1, on adapter: ObjectPath = hci0) -> ObjectPath {
        path(devicePath(number, on: adapter).string + "/service000e/char000f")
    }

    static func snapshot(
        _ revision: Int, adapters: [BlueZSnapshot.Adapter] = [adapter()], _ devices: BlueZSnapshot.Device...
    ) -> BlueZSnapshot {
        BlueZSnapshot(
            revision: revision,
            adapters: Dictionary(uniqueKeysWithValues: adapters.map { ($0.path, $0) }),
            devices: Dictionary(uniqueKeysWithValues: devices.map { ($0.path, $0) }))
    }

    static let heartRate = HeartRateMeasurement(beatsPerMinute: 72, contact: .detected)
    static let broadcast = PolarBroadcast(beatsPerMinute: 72)
    static let noContact = HeartRateMeasurement(beatsPerMinute: 72, contact: .notDetected)
    static let noPulse = HeartRateMeasurement(beatsPerMinute: 0)

    static func bluezError(_ name: String, _ message: String = "") -> BusError {
        BusError(name: "org.bluez.Error." + name, message: message)
    }

    static let unknownObject = BusError(name: BusError.Name.unknownObject, message: "Method \"Connect\" …")
    static let abortedByLocal = bluezError("Failed", "le-connection-abort-by-local")

    static func address(_ text: String) -> BluetoothAddress {
        guard let address = BluetoothAddress(text) else { preconditionFailure("\(text) is no address") }
        return address
    }

    private static func path(_ text: String) -> ObjectPath {
        guard let path = ObjectPath(text) else { preconditionFailure("\(text) is no path") }
        return path
    }
}
