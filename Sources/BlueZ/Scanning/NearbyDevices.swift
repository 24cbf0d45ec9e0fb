import DBus

/// The devices that a scan shows, in the order in which they were first seen: pure.
///
/// A device stays as long as BlueZ knows it. Its signal strength stays too, although BlueZ forgets it whenever a scan is
/// started anew.
struct NearbyDevices: Sendable {
    private var devices: [ObjectPath: NearbyDevice] = [:]
    private var order: [ObjectPath] = []

    var all: [NearbyDevice] { order.compactMap { devices[$0] } }

    subscript(path: ObjectPath) -> NearbyDevice? { devices[path] }

    /// Takes in what BlueZ shows: what the adapter hears or is paired with, and with `others` what other adapters are
    /// connected to.
    mutating func observe(_ snapshot: BlueZSnapshot, on adapter: BlueZSnapshot.Adapter, others: Bool) {
        for path in order where snapshot.devices[path] == nil { devices[path] = nil }
        order.removeAll { devices[$0] == nil }
        for device in snapshot.devices.values.sorted(by: { $0.path < $1.path }) {
            guard let owner = snapshot.adapters[device.adapterPath],
                owner.path == adapter.path || others && device.isConnected,
                devices[device.path] != nil || device.isPresent || device.isPaired
            else { continue }
            var nearby = NearbyDevice(device, on: owner.address)
            nearby.signalStrength = nearby.signalStrength ?? devices[device.path]?.signalStrength
            if devices[device.path] == nil { order.append(device.path) }
            devices[device.path] = nearby
        }
    }
}
