import DBus

/// The GATT objects that bluetoothd shows of a connected strap. The paths come from the handles in the strap, which
/// stay the same. The Battery Service is not among them: bluetoothd claims it for `Battery1`.
enum GattServices: Sendable, Hashable {
    case none
    case all
    /// Without Heart Rate Measurement.
    case withoutMeasurement

    struct Object: Sendable, Hashable {
        var path: ObjectPath
        var interface: String
        var properties: [String: BusValue]
    }

    static let measurementElements = ["service000e", "char000f"]

    /// The path of Heart Rate Measurement.
    static func measurementPath(at device: ObjectPath) -> ObjectPath {
        path(measurementElements, at: device)
    }

    var uuids: [String] {
        self == .none ? [] : [BluetoothUUID.deviceInformation, BluetoothUUID.heartRate, BluetoothUUID.battery]
    }

    /// The objects, parents first.
    func objects(of strap: SimulatedStrap, at device: ObjectPath) -> [Object] {
        guard self != .none else { return [] }
        var objects = [Self.service(["service000e"], BluetoothUUID.heartRate, at: device)]
        if self == .all {
            objects.append(
                Self.characteristic(
                    Self.measurementElements, BluetoothUUID.heartRateMeasurement, ["notify"], at: device))
        }
        let readable = [
            (["service000e", "char0012"], BluetoothUUID.bodySensorLocation, ["read"]),
            (["service000e", "char0014"], BluetoothUUID.heartRateControlPoint, ["write"]),
        ]
        objects += readable.map { Self.characteristic($0.0, $0.1, $0.2, at: device) }
        if strap.hasSecondMeasurement {
            let elements = ["service0020", "char0021"]
            objects.append(Self.service(["service0020"], BluetoothUUID.heartRate, at: device))
            objects.append(Self.characteristic(elements, BluetoothUUID.heartRateMeasurement, ["write"], at: device))
        }
        objects.append(Self.service(["service0016"], BluetoothUUID.deviceInformation, at: device))
        let information = [
            (["service0016", "char0017"], BluetoothUUID.manufacturerName),
            (["service0016", "char0019"], BluetoothUUID.modelNumber),
            (["service0016", "char001b"], BluetoothUUID.serialNumber),
            (["service0016", "char001d"], BluetoothUUID.firmwareRevision),
        ]
        objects += information.map { Self.characteristic($0.0, $0.1, ["read"], at: device) }
        return objects
    }

    private static func service(_ elements: [String], _ uuid: String, at device: ObjectPath) -> Object {
        Object(
            path: path(elements, at: device), interface: BlueZName.gattService,
            properties: [
                "UUID": .string(uuid), "Device": .objectPath(device), "Primary": .boolean(true),
                "Includes": .array(of: "o", []),
            ])
    }

    private static func characteristic(
        _ elements: [String], _ uuid: String, _ flags: [String], at device: ObjectPath
    ) -> Object {
        var properties: [String: BusValue] = [
            "UUID": .string(uuid), "Service": .objectPath(path([elements[0]], at: device)), "Value": .bytes([]),
            "Flags": .strings(flags), "MTU": .uint16(232),
        ]
        if flags.contains("notify") {
            properties["Notifying"] = .boolean(false)
            properties["NotifyAcquired"] = .boolean(false)
        }
        return Object(
            path: path(elements, at: device), interface: BlueZName.characteristic, properties: properties)
    }

    private static func path(_ elements: [String], at device: ObjectPath) -> ObjectPath {
        elements.reduce(device) { $0.appending($1) ?? $0 }
    }
}
