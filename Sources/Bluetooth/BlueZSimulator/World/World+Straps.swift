import DBus

extension World {
    mutating func add(_ config: SimulatedStrap, isInRange: Bool) {
        straps[config.address] = Strap(config: config, isInRange: isInRange)
        receiveAdvertisements()
    }

    mutating func setInRange(_ isInRange: Bool, _ address: String) {
        straps[address]?.isInRange = isInRange
        if isInRange { receiveAdvertisements() }
    }

    mutating func setBattery(_ percentage: UInt8, _ address: String) {
        straps[address]?.config.batteryPercentage = percentage
        guard let device = connectedDevice(of: address), device.services != .none else { return }
        act(.update(device.path, interface: BlueZName.battery, ["Percentage": .byte(percentage)]))
    }

    /// bluetoothd has died: its sessions and temporary devices are gone, the kernel's links are not yet.
    mutating func daemonDied() {
        agents = [:]
        agentOrder = []
        actionsAreLost()
        for name in adapters.keys {
            adapters[name]?.discoveries = [:]
            adapters[name]?.filters = [:]
            adapters[name]?.applications = [:]
            adapters[name]?.advertisements = [:]
            adapters[name]?.readers = [:]
        }
        for device in devices.values {
            if device.isTemporary { devices[device.path] = nil }
            devices[device.path]?.isConnecting = false
            devices[device.path]?.services = .none
            devices[device.path]?.isResolved = false
            devices[device.path]?.subscribers = []
            devices[device.path]?.restingSubscribers = []
            devices[device.path]?.isSignalStrengthKnown = false
        }
    }

    private mutating func actionsAreLost() {
        _ = takeActions()
    }

    /// Shows everything on a new bus.
    mutating func exportAll() {
        actionsAreLost()
        act(.export(Self.root, interfaces: [BlueZName.agentManager: [:]]))
        for adapter in adapters.values {
            act(.export(adapter.path, interfaces: interfaces(of: adapter)))
        }
        for device in devices.values {
            act(.export(device.path, interfaces: [BlueZName.device: properties(of: device)]))
        }
    }
}
