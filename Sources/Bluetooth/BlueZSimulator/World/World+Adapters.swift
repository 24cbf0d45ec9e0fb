import DBus

extension World {
    mutating func add(_ config: SimulatedAdapter) {
        let adapter = Adapter(config: config, alias: "simulator")
        adapters[config.name] = adapter
        act(.export(adapter.path, interfaces: interfaces(of: adapter)))
    }

    /// With those for programs that serve GATT objects.
    func interfaces(of adapter: Adapter) -> [String: [String: BusValue]] {
        var interfaces = [BlueZName.adapter: properties(of: adapter)]
        guard adapter.config.isPeripheral else { return interfaces }
        interfaces[BlueZName.gattManager] = [:]
        interfaces[BlueZName.advertisingManager] = advertisingProperties(of: adapter)
        return interfaces
    }

    mutating func removeAdapter(_ name: String) {
        guard let adapter = adapters[name] else { return }
        endDiscoveries(on: name)
        for device in devices.values where device.adapter == name { removeDevice(device.path) }
        adapters[name] = nil
        act(.unexport(adapter.path))
    }

    mutating func setPowered(_ isPowered: Bool, adapter name: String) {
        guard let adapter = adapters[name], adapter.config.isPowered != isPowered else { return }
        if !isPowered {
            endDiscoveries(on: name)
            for device in devices.values where device.adapter == name { dropLink(of: device.path) }
            dropReaders(of: name)
        }
        adapters[name]?.config.isPowered = isPowered
        setOnAir(isPowered, adapter: name)
        act(.update(adapter.path, interface: BlueZName.adapter, ["Powered": .boolean(isPowered)]))
    }

    /// rfkill blocks the radio, or lets it go: then bluetoothd powers the adapter on again.
    mutating func setBlocked(_ isBlocked: Bool, adapter name: String) {
        adapters[name]?.isBlocked = isBlocked
        setPowered(!isBlocked, adapter: name)
    }

    /// A client sets `Powered`.
    mutating func requestPower(_ isPowered: Bool, adapter name: String) throws(BusError) {
        if let error = adapters[name]?.faults.powerError { throw error }
        if isPowered && adapters[name]?.isBlocked == true { throw BlueZError.failed("Blocked through rfkill") }
        setPowered(isPowered, adapter: name)
    }

    mutating func setFilter(_ filter: DiscoveryFilter, adapter name: String, client: String) throws(BusError) {
        guard adapters[name]?.config.isPowered == true else { throw BlueZError.notReady }
        if let error = adapters[name]?.faults.setFilterError { throw error }
        adapters[name]?.filters[client] = filter
    }

    mutating func startDiscovery(adapter name: String, client: String) throws(BusError) {
        guard let adapter = adapters[name], adapter.config.isPowered else { throw BlueZError.notReady }
        if let error = adapter.faults.startDiscoveryError {
            adapters[name]?.discoveriesRefused += 1
            throw error
        }
        guard adapter.discoveries[client] == nil else { throw BlueZError.busy }
        adapters[name]?.discoveries[client] = adapter.filters[client] ?? DiscoveryFilter()
        adapters[name]?.discoveriesStarted += 1
        if !adapter.isDiscovering && !adapter.faults.ignoresDiscovery { showDiscovering(true, adapter) }
        receiveAdvertisements()
    }

    mutating func stopDiscovery(adapter name: String, client: String) throws(BusError) {
        guard let adapter = adapters[name], adapter.config.isPowered else { throw BlueZError.notReady }
        if let error = adapter.faults.stopDiscoveryError { throw error }
        guard adapter.discoveries[client] != nil else { throw BlueZError.noDiscoveryStarted }
        adapters[name]?.discoveries[client] = nil
        if adapters[name]?.isDiscovering == false { showDiscovering(false, adapter) }
    }

    /// Every discovering adapter receives every strap that advertises and that one of its clients asks for.
    mutating func receiveAdvertisements() {
        for adapter in adapters.values.sorted(by: { $0.config.name < $1.config.name }) where adapter.isDiscovering {
            for strap in straps.values.sorted(by: { $0.config.address < $1.config.address })
            where isReceived(strap, by: adapter) { receive(strap, on: adapter) }
        }
    }

    func isReceived(_ strap: Strap, by adapter: Adapter) -> Bool {
        isAdvertising(strap.config.address) && strap.config.isHeard(by: adapter.config.name)
            && adapter.discoveries.values.contains { $0.admits(strap.config) }
    }

    mutating func receive(_ strap: Strap, on adapter: Adapter) {
        let path = Self.path(ofDevice: strap.config.address, on: adapter.config.name)
        guard devices[path] == nil else {
            var received: [String: BusValue] = [:]
            if strap.config.tellsSignalStrength {
                devices[path]?.isSignalStrengthKnown = true
                received["RSSI"] = .int16(strap.config.signalStrength(at: adapter.config.name))
            } else {
                // Without a signal strength another change shows that it was received.
                received["UUIDs"] = .strings(strap.config.advertisedUUIDs)
            }
            let data = strap.manufacturerData
            if data != devices[path]?.manufacturerData || adapter.tellsDuplicates, !data.isEmpty {
                received["ManufacturerData"] = data.busValue
                devices[path]?.manufacturerData = data
            }
            act(.update(path, interface: BlueZName.device, received))
            return
        }
        var device = Device(path: path, adapter: adapter.config.name, address: strap.config.address)
        device.isSignalStrengthKnown = strap.config.tellsSignalStrength
        device.manufacturerData = strap.manufacturerData
        devices[path] = device
        act(.export(path, interfaces: [BlueZName.device: properties(of: device)]))
    }

    mutating func endDiscoveries(on name: String) {
        guard let adapter = adapters[name], adapter.isDiscovering else { return }
        adapters[name]?.discoveries = [:]
        showDiscovering(false, adapter)
    }

    /// The signal strengths are known only while discovering.
    private mutating func showDiscovering(_ isDiscovering: Bool, _ adapter: Adapter) {
        act(.update(adapter.path, interface: BlueZName.adapter, ["Discovering": .boolean(isDiscovering)]))
        guard !isDiscovering else { return }
        for device in devices.values where device.adapter == adapter.config.name && device.isSignalStrengthKnown {
            devices[device.path]?.isSignalStrengthKnown = false
            act(.update(device.path, interface: BlueZName.device, [:], removing: ["RSSI"]))
        }
    }

    /// A client of the bus has gone: its sessions end.
    mutating func clientVanished(_ client: String) {
        removeAgent(of: client)
        for adapter in adapters.values {
            adapters[adapter.config.name]?.filters[client] = nil
            endServing(of: client, adapter: adapter.config.name)
            if adapter.discoveries[client] != nil { try? stopDiscovery(adapter: adapter.config.name, client: client) }
        }
        for device in devices.values {
            devices[device.path]?.restingSubscribers.remove(client)
            if device.subscribers.contains(client) { try? unsubscribe(client, from: device.path) }
        }
    }

    func properties(of adapter: Adapter) -> [String: BusValue] {
        [
            "Address": .string(adapter.config.address), "AddressType": .string("public"),
            "Name": .string("simulator"), "Alias": .string(adapter.alias), "Class": .uint32(0),
            "Powered": .boolean(adapter.config.isPowered), "Discoverable": .boolean(false),
            "DiscoverableTimeout": .uint32(180), "Pairable": .boolean(true), "PairableTimeout": .uint32(0),
            "Discovering": .boolean(adapter.isDiscovering), "UUIDs": .strings([]),
            "Modalias": .string("usb:v1D6Bp0246d0542"), "Roles": .strings(["central", "peripheral"]),
        ]
    }
}
