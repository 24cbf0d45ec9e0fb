import DBus

extension BluetoothSurvey {
    /// `scanning` are the adapters that scan, `refusals` the answers of those that refused.
    init(
        of snapshot: BlueZSnapshot, lookingFor straps: [StrapConfiguration], scanning: Set<ObjectPath> = [],
        refusals: [ObjectPath: BusError] = [:]
    ) {
        let connected = snapshot.devices.values.filter(\.isConnected)
        let adapters = snapshot.adapters.values.sorted { $0.path < $1.path }.map { adapter in
            Adapter(
                name: adapter.name, address: adapter.address, isPowered: adapter.isPowered,
                linkCount: connected.count { $0.adapterPath == adapter.path },
                scanFailure: refusals[adapter.path].map { ScanFailure(answer: "\($0)", advice: $0.scanAdvice) })
        }
        var taken: Set<BluetoothAddress> = []
        var found: [String: Strap] = [:]
        // Straps that select a device come first. The rest is for those that take any device.
        for strap in straps.filter({ $0.selector != .first }) + straps.filter({ $0.selector == .first }) {
            let device = snapshot.bestDevice(for: strap, except: taken)
            if let device { taken.insert(device.address) }
            let rule = SearchRule(adapter: strap.adapter)
            let canBeHeard = rule.adapters(in: snapshot).contains { scanning.contains($0.path) }
            found[strap.name] = Strap(
                configuration: strap,
                device: device.map { StrapState.Device(address: $0.address, name: $0.name) },
                sighting: device?.sighting ?? (canBeHeard ? .notHeard : .notLookedFor),
                hasPrivateAddress: strap.namesPrivateAddress(of: device))
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
}

extension StrapConfiguration {
    /// Whether the strap is selected by a private address, as known to bluetoothd or as the address itself shows.
    fileprivate func namesPrivateAddress(of device: BlueZSnapshot.Device?) -> Bool {
        guard case .address(let address) = selector else { return false }
        return device?.hasPrivateAddress ?? address.isCertainlyPrivate
    }
}

extension BlueZSnapshot.Device {
    fileprivate var sighting: BluetoothSurvey.Sighting? {
        if isConnected { return .connected }
        return isAdvertising ? .heard(signalStrength: signalStrength) : nil
    }
}

extension BlueZSnapshot {
    /// The device that `run` would take, else one that is only remembered.
    fileprivate func bestDevice(for strap: StrapConfiguration, except taken: Set<BluetoothAddress>) -> Device? {
        let rule = SearchRule(adapter: strap.adapter)
        let fitting = devices.values.filter { device in
            strap.matches(device) && !taken.contains(device.address)
                && adapters[device.adapterPath].map(rule.allows) == true
        }
        return SearchRule.best(of: fitting.filter(\.isPresent)) ?? SearchRule.best(of: fitting)
    }
}
