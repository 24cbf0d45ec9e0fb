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

    /// Reads a snapshot from all objects of BlueZ. Malformed objects are skipped.
    ///
    /// - Parameters:
    ///   - revision: the number of the snapshot, which grows.
    ///   - objects: all objects of bluetoothd.
    ///   - scope: the devices to show.
    ///   - kept: devices to show outside of the scope too.
    ///   - heard: devices that the current scan has found.
    init(
        revision: Int, of objects: MirroredObjects, showing scope: DeviceScope = .everything,
        keeping kept: Set<ObjectPath> = [], heard: Set<ObjectPath> = []
    ) {
        self.init(revision: revision)
        for path in objects.paths(with: Interface.adapter) { adapters[path] = Adapter(path, in: objects) }
        for path in objects.paths(with: Interface.device) {
            guard var device = Device(path, in: objects), !isOwn(device.address) else { continue }
            guard kept.contains(path) || scope.includes(device) else { continue }
            device.isHeard = heard.contains(path)
            devices[path] = device
        }
        assign(objects.paths(with: Interface.characteristic), of: objects)
    }

    /// Gives the devices their characteristics, of which these are all there are.
    mutating func assign(_ paths: some Sequence<ObjectPath>, of objects: MirroredObjects) {
        var characteristics: [ObjectPath: [DeviceCharacteristic]] = [:]
        for path in paths {
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
    /// Nil when there is none, or none that is shaped as it must be.
    init?(_ path: ObjectPath, in objects: MirroredObjects) {
        guard let properties = objects.properties(of: BlueZSnapshot.Interface.adapter, at: path),
            let address = properties["Address"]?.string.flatMap(BluetoothAddress.init)
        else { return nil }
        self.init(
            path: path, address: address, isPowered: properties["Powered"]?.boolean ?? false,
            isDiscovering: properties["Discovering"]?.boolean ?? false)
    }
}

extension BlueZSnapshot.Device {
    /// Without its characteristics. Nil when there is none, or none that is shaped as it must be.
    init?(_ path: ObjectPath, in objects: MirroredObjects) {
        guard let properties = objects.properties(of: BlueZSnapshot.Interface.device, at: path),
            let adapterPath = properties["Adapter"]?.objectPath,
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
        polarBroadcast = properties["ManufacturerData"]?.dictionary?[.uint16(PolarBroadcast.companyIdentifier)]?.bytes
            .flatMap(PolarBroadcast.init(decoding:))
        batteryPercent = objects.property("Percentage", of: BlueZSnapshot.Interface.battery, at: path)?.integer
            .flatMap(UInt8.init(exactly:))
    }
}
