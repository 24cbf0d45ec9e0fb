import DBus
import HeartRate

extension BlueZSnapshot {
    enum Interface {
        static let adapter = "org.bluez.Adapter1"
        static let device = "org.bluez.Device1"
        static let service = "org.bluez.GattService1"
        static let battery = "org.bluez.Battery1"
        static let characteristic = "org.bluez.GattCharacteristic1"
    }

    /// Reads what matters from all of BlueZ's objects; what is not shaped as BlueZ's documents say is left out.
    init(revision: Int, of objects: MirroredObjects) {
        self.init(revision: revision)
        for path in objects.paths(with: Interface.adapter) {
            adapters[path] = Adapter(path, objects.properties(of: Interface.adapter, at: path) ?? [:])
        }
        for path in objects.paths(with: Interface.device) {
            devices[path] = Device(path, objects.properties(of: Interface.device, at: path) ?? [:])
            devices[path]?.batteryPercent = objects.property("Percentage", of: Interface.battery, at: path)?.integer
                .flatMap(UInt8.init(exactly:))
        }
        for path in objects.paths(with: Interface.characteristic) {
            guard let uuid = objects.property("UUID", of: Interface.characteristic, at: path)?.string,
                let service = objects.property("Service", of: Interface.characteristic, at: path)?.objectPath,
                let device = objects.property("Device", of: Interface.service, at: service)?.objectPath
            else { continue }
            switch uuid {
            case GATT.heartRateMeasurement: devices[device]?.measurementPath = path
            case GATT.heartRateControlPoint: devices[device]?.controlPointPath = path
            default:
                guard let detail = StrapCharacteristic.byUUID[uuid] else { continue }
                devices[device]?.detailPaths[detail] = path
            }
        }
    }
}

extension BlueZSnapshot.Adapter {
    fileprivate init?(_ path: ObjectPath, _ properties: [String: BusValue]) {
        guard let address = properties["Address"]?.string.flatMap(BluetoothAddress.init) else { return nil }
        self.init(
            path: path, address: address, isPowered: properties["Powered"]?.boolean ?? false,
            isDiscovering: properties["Discovering"]?.boolean ?? false)
    }
}

extension BlueZSnapshot.Device {
    fileprivate init?(_ path: ObjectPath, _ properties: [String: BusValue]) {
        guard let adapterPath = properties["Adapter"]?.objectPath,
            let address = properties["Address"]?.string.flatMap(BluetoothAddress.init)
        else { return nil }
        self.init(
            path: path, adapterPath: adapterPath, address: address, name: properties["Name"]?.string,
            alias: properties["Alias"]?.string,
            offersHeartRate: properties["UUIDs"]?.array?.contains { $0.string == GATT.heartRateService } ?? false,
            signalStrength: properties["RSSI"]?.integer.flatMap(Int16.init(exactly:)),
            isConnected: properties["Connected"]?.boolean ?? false, isPaired: properties["Paired"]?.boolean ?? false,
            isTrusted: properties["Trusted"]?.boolean ?? false,
            isServicesResolved: properties["ServicesResolved"]?.boolean ?? false)
        let companies = properties["ManufacturerData"]?.dictionary
        polarBroadcast = companies?[.uint16(PolarBroadcast.companyIdentifier)]?.bytes.flatMap(
            PolarBroadcast.init(decoding:))
    }
}
