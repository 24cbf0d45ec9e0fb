import DBus

/// The devices of a scan, in the order of their first appearance: pure.
///
/// A device stays as long as BlueZ knows it. Its signal strength stays too, although BlueZ forgets it with each new
/// scan.
struct NearbyDevices: Sendable {
    private var devices: [ObjectPath: NearbyDevice] = [:]
    private var order: [ObjectPath] = []

    /// Each device once, as the adapter shows it that reaches it best.
    var all: [NearbyDevice] {
        var best: [BluetoothAddress: NearbyDevice] = [:]
        var addresses: [BluetoothAddress] = []
        for device in order.compactMap({ devices[$0] }) {
            guard let other = best[device.address] else {
                best[device.address] = device
                addresses.append(device.address)
                continue
            }
            if device.isBetterReached(than: other) { best[device.address] = device }
        }
        return addresses.compactMap { best[$0] }
    }

    subscript(path: ObjectPath) -> NearbyDevice? { devices[path] }

    /// Takes in a snapshot: the devices that these adapters find, are connected to or are paired with, and remembered
    /// straps. A controller without signal strengths may find a remembered strap without a signal.
    mutating func observe(_ snapshot: BlueZSnapshot, on adapters: [BlueZSnapshot.Adapter]) {
        let owners = Dictionary(uniqueKeysWithValues: adapters.map { ($0.path, $0.address) })
        for path in order where snapshot.devices[path] == nil { devices[path] = nil }
        order.removeAll { devices[$0] == nil }
        for device in snapshot.devices.values.sorted(by: { $0.path < $1.path }) {
            guard let owner = owners[device.adapterPath],
                devices[device.path] != nil || device.isPresent || device.isPaired || device.offersHeartRate
            else { continue }
            var nearby = NearbyDevice(device, on: owner)
            if let before = devices[device.path] {
                nearby.signalStrength = nearby.signalStrength ?? before.signalStrength
                nearby.isHeard = nearby.isHeard || before.isHeard
            } else {
                order.append(device.path)
            }
            devices[device.path] = nearby
        }
    }
}

extension NearbyDevice {
    /// The order of ``SearchRule/best(of:avoiding:after:)``.
    fileprivate func isBetterReached(than other: NearbyDevice) -> Bool {
        func rank(_ device: NearbyDevice) -> (Int, Int, Int) {
            (
                device.isConnected ? 0 : 1, device.isHeard ? 0 : 1,
                device.signalStrength.map { -Int($0) } ?? Int(Int16.max)
            )
        }
        return rank(self) < rank(other)
    }
}
