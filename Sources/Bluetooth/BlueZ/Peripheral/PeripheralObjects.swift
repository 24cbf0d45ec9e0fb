import DBus

/// The objects of a ``HeartRatePeripheral`` on the bus
/// ([GATT](https://git.kernel.org/pub/scm/bluetooth/bluez.git/tree/doc/gatt-api.txt?h=5.66),
/// [advertising](https://git.kernel.org/pub/scm/bluetooth/bluez.git/tree/doc/advertising-api.txt?h=5.66)).
struct PeripheralObjects: Sendable {
    /// The values that a reader can read at any time.
    enum Readable: String, CaseIterable {
        case bodySensorLocation = "2a38"
        case manufacturerName = "2a29"
        case modelNumber = "2a24"
        case firmwareRevision = "2a26"
        case batteryLevel = "2a19"

        var service: String {
            switch self {
            case .bodySensorLocation: "180d"
            case .manufacturerName, .modelNumber, .firmwareRevision: "180a"
            case .batteryLevel: "180f"
            }
        }
    }

    enum Interface {
        static let advertisement = "org.bluez.LEAdvertisement1"
        static let advertisingManager = "org.bluez.LEAdvertisingManager1"
        static let gattManager = "org.bluez.GattManager1"
        static let properties = "org.freedesktop.DBus.Properties"
    }

    /// bluetoothd answers a read with this as "read not permitted".
    static let unknownValue = BusError(name: "org.bluez.Error.NotPermitted", message: "not known yet")

    static let application: ObjectPath = "/org/strapline/heartrate"
    static let advertisement: ObjectPath = "/org/strapline/advertisement"
    static let measurement: ObjectPath = "/org/strapline/heartrate/service180d/char2a37"

    let localName: String
    /// The first reader has subscribed, or the last one has ended its subscription.
    let subscribe: @Sendable (Bool) async -> Void
    let read: @Sendable (Readable) async -> [UInt8]?
    let released: @Sendable () async -> Void

    /// Interfaces by path, parents first.
    var all: [(path: ObjectPath, interface: ExportedInterface)] {
        var objects: [(path: ObjectPath, interface: ExportedInterface)] = []
        for service in ["180d", "180a", "180f"] {
            let path = Self.path(service)
            objects.append((path, Self.service(service)))
            if service == "180d" { objects.append((Self.measurement, measurementInterface(below: path))) }
            for readable in Readable.allCases where readable.service == service {
                objects.append((Self.path(service, readable.rawValue), interface(of: readable, below: path)))
            }
        }
        objects.append((Self.advertisement, advertisementInterface))
        return objects
    }

    /// The signal by which bluetoothd notifies the subscribed readers. The value is stored nowhere.
    static func notification(_ packet: [UInt8]) -> Signal {
        Signal(
            path: measurement, interface: Interface.properties, member: "PropertiesChanged",
            arguments: [
                .string(BlueZSnapshot.Interface.characteristic), .properties(["Value": .bytes(packet)]), .strings([]),
            ])
    }

    private static func path(_ service: String, _ characteristic: String? = nil) -> ObjectPath {
        let path = application.appending("service" + service)
        return characteristic.flatMap { path?.appending("char" + $0) } ?? path ?? application
    }

    private static func service(_ uuid: String) -> ExportedInterface {
        ExportedInterface(
            BlueZSnapshot.Interface.service,
            properties: ["UUID": .string(GATT.expanded(uuid)), "Primary": .boolean(true)])
    }

    private func measurementInterface(below service: ObjectPath) -> ExportedInterface {
        ExportedInterface(
            BlueZSnapshot.Interface.characteristic,
            methods: [
                ExportedMethod("StartNotify") { _ in
                    await subscribe(true)
                    return []
                },
                ExportedMethod("StopNotify") { _ in
                    await subscribe(false)
                    return []
                },
            ],
            properties: Self.properties(GATT.heartRateMeasurement, ["notify"], below: service))
    }

    private func interface(of readable: Readable, below service: ObjectPath) -> ExportedInterface {
        ExportedInterface(
            BlueZSnapshot.Interface.characteristic,
            methods: [
                ExportedMethod("ReadValue", input: "a{sv}", output: "ay") { call in
                    guard let value = await read(readable) else { throw Self.unknownValue }
                    // A long value is read in parts.
                    let offset = call.arguments.first?.properties?["offset"]?.integer ?? 0
                    return [.bytes(Array(value.dropFirst(Int(clamping: max(0, offset)))))]
                }
            ],
            properties: Self.properties(GATT.expanded(readable.rawValue), ["read"], below: service))
    }

    private static func properties(
        _ uuid: String, _ flags: [String], below service: ObjectPath
    ) -> [String: BusValue] {
        ["UUID": .string(uuid), "Service": .objectPath(service), "Flags": .strings(flags)]
    }

    private var advertisementInterface: ExportedInterface {
        ExportedInterface(
            Interface.advertisement,
            methods: [
                ExportedMethod("Release") { _ in
                    await released()
                    return []
                }
            ],
            properties: [
                "Type": .string("peripheral"), "ServiceUUIDs": .strings([GATT.heartRateService]),
                "LocalName": .string(localName), "Discoverable": .boolean(true),
            ])
    }
}
