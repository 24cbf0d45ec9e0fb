import DBus

extension BluetoothSurvey {
    /// `scanning` are the adapters that listen for advertisements.
    init(of snapshot: BlueZSnapshot, lookingFor straps: [StrapConfiguration], scanning: Set<ObjectPath>) {
        let connected = snapshot.devices.values.filter(\.isConnected)
        let adapters = snapshot.adapters.values.sorted { $0.path < $1.path }.map { adapter in
            Adapter(
                name: adapter.name, address: adapter.address, isPowered: adapter.isPowered,
                linkCount: connected.count { $0.adapterPath == adapter.path })
        }
        var taken: Set<BluetoothAddress> = []
        var found: [String: Strap] = [:]
        // Whoever names a device gets it; what is left is for those that take any.
        for strap in straps.filter({ $0.selector != .first }) + straps.filter({ $0.selector == .first }) {
            let device = snapshot.bestDevice(for: strap, except: taken)
            if let device { taken.insert(device.address) }
            let canBeHeard = snapshot.adapters.values.contains { scanning.contains($0.path) && $0.serves(strap) }
            found[strap.name] = Strap(
                configuration: strap,
                device: device.map { StrapState.Device(address: $0.address, name: $0.name) },
                sighting: device?.sighting ?? (canBeHeard ? .notHeard : .notLookedFor))
        }
        self.init(adapters: adapters, straps: straps.compactMap { found[$0.name] })
    }

    /// The straps for which it is worth to scan, or to go on scanning.
    var unheardStraps: [StrapConfiguration] {
        straps.filter { $0.sighting == .notHeard || $0.sighting == .notLookedFor }.map(\.configuration)
    }
}

extension BlueZSnapshot.Adapter {
    /// `hci0` of `/org/bluez/hci0`
    var name: String { String(path.string.split(separator: "/").last ?? "") }

    /// Whether a strap may be connected through this adapter.
    func serves(_ strap: StrapConfiguration) -> Bool { strap.adapter.map { $0 == address } ?? true }
}

extension BlueZSnapshot.Device {
    fileprivate var sighting: BluetoothSurvey.Sighting? {
        if isConnected { return .connected }
        return signalStrength.map { .heard(signalStrength: $0) }
    }
}

extension BlueZSnapshot {
    /// The device that is connected, else the one with the strongest signal, else one that is only remembered. A link
    /// counts on whatever adapter.
    fileprivate func bestDevice(for strap: StrapConfiguration, except taken: Set<BluetoothAddress>) -> Device? {
        let fitting = devices.values.filter { device in
            strap.matches(device) && !taken.contains(device.address)
                && (device.isConnected || adapters[device.adapterPath]?.serves(strap) == true)
        }
        return fitting.sorted { $0.path < $1.path }.max { $0.rank < $1.rank }
    }
}

extension BlueZSnapshot.Device {
    fileprivate var rank: Int { isConnected ? Int(Int16.max) + 1 : Int(signalStrength ?? .min) }
}
