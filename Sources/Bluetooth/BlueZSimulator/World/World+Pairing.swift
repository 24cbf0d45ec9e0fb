import DBus

extension World {
    /// The agent for a pairing without a call of `Pair`: the one that last requested it, else the first.
    var defaultAgent: SimulatedAgent? { agentOrder.last.flatMap { agents[$0] } }

    mutating func register(_ agent: SimulatedAgent) throws(BusError) {
        guard agents[agent.client] == nil else { throw BlueZError.alreadyExists }
        agents[agent.client] = agent
        agentOrder.insert(agent.client, at: 0)
    }

    mutating func makeDefault(_ path: ObjectPath, client: String) throws(BusError) {
        guard agents[client]?.path == path else { throw BlueZError.doesNotExist }
        agentOrder.removeAll { $0 == client }
        agentOrder.append(client)
    }

    mutating func unregisterAgent(_ path: ObjectPath, client: String) throws(BusError) {
        guard agents[client]?.path == path else { throw BlueZError.doesNotExist }
        removeAgent(of: client)
    }

    mutating func removeAgent(of client: String) {
        agents[client] = nil
        agentOrder.removeAll { $0 == client }
    }

    mutating func setPaired(_ path: ObjectPath) {
        guard let address = devices[path]?.address else { return }
        devices[path]?.isPaired = true
        straps[address]?.hasBond = true
        act(.update(path, interface: BlueZName.device, ["Paired": .boolean(true), "Bonded": .boolean(true)]))
    }

    mutating func makeBond(_ address: String, adapter: String) {
        guard straps[address] != nil else { return }
        let path = Self.path(ofDevice: address, on: adapter)
        if devices[path] == nil {
            let device = Device(path: path, adapter: adapter, address: address)
            devices[path] = device
            act(.export(path, interfaces: [BlueZName.device: properties(of: device)]))
        }
        devices[path]?.isTemporary = false
        setPaired(path)
    }

    mutating func forgetBond(_ address: String) {
        straps[address]?.hasBond = false
    }
}

/// An `Agent1` that a client has registered.
struct SimulatedAgent: Sendable, Hashable {
    var client: String
    var path: ObjectPath
    var capability: String

    /// Whether a user can answer through it.
    var hasKeyboardAndDisplay: Bool { ["KeyboardDisplay", ""].contains(capability) }
}
