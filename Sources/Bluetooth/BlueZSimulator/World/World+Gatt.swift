import DBus
import HeartRate

extension World {
    /// The device above a characteristic.
    func device(ofCharacteristic path: ObjectPath) -> Device? {
        devices.values.first { path.isBelow($0.path) }
    }

    mutating func subscribe(_ client: String, to path: ObjectPath) throws(BusError) {
        guard let device = devices[path], device.isConnected, let strap = straps[device.address] else {
            throw BlueZError.notConnected
        }
        if device.subscribers.contains(client) {
            straps[device.address]?.subscriptions += 1
            return
        }
        if strap.faults.areNotificationsTaken { throw BlueZError.notifyAcquired }
        if let error = strap.faults.staleCacheError { throw error }
        if strap.faults.failingStartNotifies > 0 {
            straps[device.address]?.faults.failingStartNotifies -= 1
            throw strap.faults.startNotifyError
        }
        devices[path]?.subscribers.insert(client)
        guard device.subscribers.isEmpty else { return }
        straps[device.address]?.subscriptions += 1
        showNotifying(true, device)
    }

    mutating func unsubscribe(_ client: String, from path: ObjectPath) throws(BusError) {
        guard let device = devices[path], device.subscribers.contains(client) else {
            throw BlueZError.noNotifySession
        }
        devices[path]?.subscribers.remove(client)
        if device.subscribers.count == 1 { showNotifying(false, device) }
    }

    mutating func showNotifying(_ isNotifying: Bool, _ device: Device) {
        act(
            .update(
                GattServices.measurementPath(at: device.path), interface: BlueZName.characteristic,
                ["Notifying": .boolean(isNotifying)]))
    }

    /// Measures once, and sends it if a client is subscribed and the strap is in range; else nil. bluetoothd signals
    /// each value once for every subscriber.
    mutating func notify(_ address: String, bytes: [UInt8]? = nil) -> SentMeasurement? {
        guard let value = bytes ?? straps[address]?.config.beats.next(), let strap = straps[address],
            strap.isInRange, !strap.isFrozen, let device = connectedDevice(of: address), !device.subscribers.isEmpty
        else { return nil }
        straps[address]?.measurementsSent += 1
        for _ in device.subscribers {
            act(
                .update(
                    GattServices.measurementPath(at: device.path), interface: BlueZName.characteristic,
                    ["Value": .bytes(value)]))
        }
        return SentMeasurement(strapAddress: address, number: strap.measurementsSent + 1, bytes: value)
    }

    /// Reads a characteristic's value from the strap; bluetoothd signals it as well.
    mutating func read(_ path: ObjectPath) throws(BusError) -> [UInt8] {
        let (strap, uuid) = try characteristic(at: path)
        let value: [UInt8]
        switch uuid {
        case BluetoothUUID.bodySensorLocation: value = [strap.config.sensorLocation.rawValue]
        case BluetoothUUID.manufacturerName: value = Array(strap.config.manufacturerName.utf8)
        case BluetoothUUID.modelNumber: value = Array(strap.config.modelNumber.utf8)
        case BluetoothUUID.firmwareRevision: value = Array(strap.config.firmwareRevision.utf8)
        case BluetoothUUID.serialNumber: value = Array(strap.config.serialNumber.utf8)
        default: throw BlueZError.readNotPermitted
        }
        straps[strap.config.address]?.reads += 1
        if strap.faults.failingReads > 0 {
            straps[strap.config.address]?.faults.failingReads -= 1
            throw strap.faults.readError
        }
        act(.update(path, interface: BlueZName.characteristic, ["Value": .bytes(value)]))
        return value
    }

    /// Writes a characteristic's value to the strap.
    mutating func write(_ value: [UInt8], to path: ObjectPath) throws(BusError) {
        let controlPointNotSupported: UInt8 = 0x80
        let resetEnergyExpended: [UInt8] = [0x01]
        let (strap, uuid) = try characteristic(at: path)
        guard uuid == BluetoothUUID.heartRateControlPoint else { throw BlueZError.notSupported }
        guard value == resetEnergyExpended, strap.config.resetsEnergy else {
            throw BlueZError.att(controlPointNotSupported)
        }
        if case .script(var script) = strap.config.beats {
            script.resetEnergy()
            straps[strap.config.address]?.config.beats = .script(script)
        }
        straps[strap.config.address]?.energyResets += 1
    }

    private func characteristic(at path: ObjectPath) throws(BusError) -> (strap: Strap, uuid: String?) {
        guard let device = device(ofCharacteristic: path), device.isConnected, let strap = straps[device.address]
        else { throw BlueZError.notConnected }
        if let error = strap.faults.staleCacheError { throw error }
        let object = device.services.objects(of: strap.config, at: device.path).first { $0.path == path }
        return (strap, object?.properties["UUID"]?.string)
    }
}
