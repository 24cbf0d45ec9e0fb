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
        var characteristics: [ObjectPath: [DeviceCharacteristic]] = [:]
        for path in objects.paths(with: Interface.characteristic) {
            guard let found = DeviceCharacteristic.find(path, in: objects) else { continue }
            characteristics[found.device, default: []].append(found.characteristic)
        }
        for (device, characteristics) in characteristics { devices[device]?.take(characteristics) }
    }
}

extension DeviceCharacteristic {
    /// The characteristic at `path` and its device; nil for one that nothing is used of.
    fileprivate static func find(
        _ path: ObjectPath, in objects: MirroredObjects
    ) -> (device: ObjectPath, characteristic: DeviceCharacteristic)? {
        typealias Interface = BlueZSnapshot.Interface
        guard let uuid = objects.property("UUID", of: Interface.characteristic, at: path)?.string,
            CharacteristicUse.byUUID[uuid] != nil,
            let service = objects.property("Service", of: Interface.characteristic, at: path)?.objectPath,
            let device = objects.property("Device", of: Interface.service, at: service)?.objectPath
        else { return nil }
        let flags = objects.property("Flags", of: Interface.characteristic, at: path)?.array ?? []
        return (
            device,
            DeviceCharacteristic(
                path: path, uuid: uuid,
                serviceUUID: objects.property("UUID", of: Interface.service, at: service)?.string,
                flags: Set(flags.compactMap(\.string)))
        )
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
            path: path, adapterPath: adapterPath, address: address,
            isAddressRandom: properties["AddressType"]?.string == "random", name: properties["Name"]?.string,
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
