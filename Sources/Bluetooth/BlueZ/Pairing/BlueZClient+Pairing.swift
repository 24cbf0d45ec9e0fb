import DBus

/// The calls that pairing needs beyond those of the sessions.
extension BlueZClient {
    private static let agentManager = "org.bluez.AgentManager1"
    private static let root: ObjectPath = "/org/bluez"

    /// Registers the agent, and makes it the one that is asked: `StartNotify` and the strap itself ask the default one.
    func register(_ agent: PairingAgent) async -> BusError? {
        await perform("register agent", Self.root) {
            try await $0.bus.export([agent.interface], at: PairingAgent.path)
            let path = BusValue.objectPath(PairingAgent.path)
            try await $0.call("RegisterAgent", on: Self.agentManager, [path, .string(agent.capability)])
            try await $0.call("RequestDefaultAgent", on: Self.agentManager, [path])
        }
    }

    /// Removes the object first, also after a loss of bluetoothd with its agents.
    @discardableResult
    func unregisterAgent() async -> BusError? {
        await perform("unregister agent", Self.root) {
            try await $0.bus.unexport(at: PairingAgent.path)
            try await $0.call("UnregisterAgent", on: Self.agentManager, [.objectPath(PairingAgent.path)])
        }
    }

    func pair(_ device: ObjectPath, within limit: Duration = PairingLimits.pair) async -> BusError? {
        await perform("pair", device) {
            try await $0.call("Pair", on: BlueZSnapshot.Interface.device, timeout: limit)
        }
    }

    func trust(_ device: ObjectPath) async -> BusError? {
        await perform("trust", device) {
            try await $0.set("Trusted", of: BlueZSnapshot.Interface.device, to: .boolean(true))
        }
    }
}
