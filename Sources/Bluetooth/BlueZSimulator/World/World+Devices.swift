import DBus

extension World {
    /// The result of a call of `Connect`.
    enum ConnectStep: Sendable, Hashable {
        case alreadyConnected
        case connects
        /// The strap is out of range. The link is made if it appears.
        case waitsForStrap
        /// The link is made, and ends at once: the strap answers the encryption with "key missing".
        case endsUnencrypted
        case hangs
    }

    mutating func beginConnect(_ path: ObjectPath) throws(BusError) -> ConnectStep {
        guard let device = devices[path], let adapter = adapters[device.adapter] else { throw BlueZError.doesNotExist }
        straps[device.address]?.connectAttempts += 1
        guard adapter.config.isPowered else { throw BlueZError.notReady }
        if device.isConnecting { throw BlueZError.inProgress }
        if device.isConnected { return .alreadyConnected }
        devices[path]?.isTemporary = false
        let faults = straps[device.address]?.faults ?? StrapFaults()
        if faults.failingConnects > 0 {
            straps[device.address]?.faults.failingConnects -= 1
            throw faults.connectError
        }
        if device.isPaired && straps[device.address]?.hasBond == false && isAdvertising(device.address) {
            return .endsUnencrypted
        }
        devices[path]?.isConnecting = true
        if faults.hangingConnects > 0 {
            straps[device.address]?.faults.hangingConnects -= 1
            return .hangs
        }
        return isAdvertising(device.address) ? .connects : .waitsForStrap
    }

    /// The call of `Connect` is answered, however.
    mutating func endConnect(_ path: ObjectPath) {
        devices[path]?.isConnecting = false
    }

    mutating func makeLink(to path: ObjectPath) {
        guard let device = devices[path], !device.isConnected else { return }
        devices[path]?.isConnected = true
        straps[device.address]?.connections += 1
        act(.update(path, interface: BlueZName.device, ["Connected": .boolean(true)]))
        takeUpSubscriptions(to: path)
    }

    /// bluetoothd knows the services of an earlier subscription, and subscribes again before it reads them.
    private mutating func takeUpSubscriptions(to path: ObjectPath) {
        guard let device = devices[path], !device.restingSubscribers.isEmpty, let strap = straps[device.address],
            strap.faults == StrapFaults(), !strap.config.requiresPairing || device.isPaired
        else { return }
        exportServices(.all, of: path)
        devices[path]?.subscribers = device.restingSubscribers
        showNotifying(true, device)
    }

    /// The services of a connected strap become known, as far as its faults allow.
    mutating func resolve(_ path: ObjectPath) {
        guard let device = devices[path], device.isConnected, !device.isResolved, let strap = straps[device.address]
        else { return }
        if strap.faults.neverResolves > 0 {
            straps[device.address]?.faults.neverResolves -= 1
            return
        }
        if strap.faults.resolvesWithoutServices > 0 {
            straps[device.address]?.faults.resolvesWithoutServices -= 1
        } else {
            let isCacheStale = strap.faults.missingMeasurements > 0
            if isCacheStale { straps[device.address]?.faults.missingMeasurements -= 1 }
            if device.services != .all { exportServices(isCacheStale ? .withoutMeasurement : .all, of: path) }
        }
        devices[path]?.isResolved = true
        act(.update(path, interface: BlueZName.device, ["ServicesResolved": .boolean(true)]))
    }

    mutating func exportServices(_ services: GattServices, of path: ObjectPath) {
        guard let device = devices[path], device.isConnected, let strap = straps[device.address] else { return }
        devices[path]?.services = services
        for object in services.objects(of: strap.config, at: path) {
            act(.export(object.path, interfaces: [object.interface: object.properties]))
        }
        let battery: [String: BusValue] = ["Percentage": .byte(strap.config.batteryPercentage)]
        act(.export(path, interfaces: [BlueZName.battery: battery]))
        act(.update(path, interface: BlueZName.device, ["UUIDs": .strings(services.uuids)]))
    }

    /// The link is gone, ended by any side.
    mutating func dropLink(of path: ObjectPath) {
        guard let device = devices[path], device.isConnected, let strap = straps[device.address] else { return }
        devices[path]?.isConnected = false
        devices[path]?.restingSubscribers = device.subscribers.union(device.restingSubscribers)
        devices[path]?.subscribers = []
        straps[device.address]?.disconnections += 1
        if device.services != .none {
            for object in device.services.objects(of: strap.config, at: path).reversed() { act(.unexport(object.path)) }
            act(.unexport(path, interfaces: [BlueZName.battery]))
            devices[path]?.services = .none
        }
        if device.isResolved {
            devices[path]?.isResolved = false
            act(.update(path, interface: BlueZName.device, ["ServicesResolved": .boolean(false)]))
        }
        act(.update(path, interface: BlueZName.device, ["Connected": .boolean(false)]))
        receiveAdvertisements()
    }

    mutating func removeDevice(_ path: ObjectPath) {
        guard let device = devices[path] else { return }
        dropLink(of: path)
        straps[device.address]?.faults.missingMeasurements = 0
        straps[device.address]?.faults.staleCacheError = nil
        devices[path] = nil
        act(.unexport(path))
        receiveAdvertisements()
    }

    func properties(of device: Device) -> [String: BusValue] {
        guard let strap = straps[device.address]?.config else { return [:] }
        var properties: [String: BusValue] = [
            "Address": .string(strap.address), "AddressType": .string(strap.addressType),
            "Alias": .string(device.alias ?? strap.name ?? strap.address.split(separator: ":").joined(separator: "-")),
            "Paired": .boolean(device.isPaired), "Bonded": .boolean(device.isPaired),
            "Trusted": .boolean(device.isTrusted), "Blocked": .boolean(false), "LegacyPairing": .boolean(false),
            "Connected": .boolean(device.isConnected), "ServicesResolved": .boolean(device.isResolved),
            "UUIDs": .strings(device.services == .none ? strap.advertisedUUIDs : device.services.uuids),
            "Adapter": .objectPath(Self.path(ofAdapter: device.adapter)),
        ]
        if let name = strap.name { properties["Name"] = .string(name) }
        if device.isSignalStrengthKnown { properties["RSSI"] = .int16(strap.signalStrength(at: device.adapter)) }
        if !device.manufacturerData.isEmpty { properties["ManufacturerData"] = device.manufacturerData.busValue }
        return properties
    }
}

extension [UInt16: [UInt8]] {
    /// Manufacturer data as BlueZ passes it (`a{qv}`).
    var busValue: BusValue {
        let entries = map { (BusValue.uint16($0.key), BusValue.variant(.bytes($0.value))) }
        return .dictionary(key: "q", value: "v", [BusValue: BusValue](uniqueKeysWithValues: entries))
    }
}
