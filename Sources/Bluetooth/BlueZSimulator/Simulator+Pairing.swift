import DBus

/// Pairing: the questions to the agent, and their results.
extension Simulator {
    func pair(_ path: ObjectPath, client: String) async throws {
        guard world.devices[path]?.isPaired == false else { throw BlueZError.alreadyExists }
        try await connect(path)
        try await bond(path, with: world.agents[client] ?? world.defaultAgent)
    }

    /// What the kernel does by itself when a characteristic wants an encrypted link: only the default agent is asked.
    func bondOnDemand(_ path: ObjectPath) async throws {
        guard let agent = world.defaultAgent else {
            try await clock.sleep(for: timing.unpairedStartNotify)
            throw BlueZError.notPaired
        }
        do {
            try await bond(path, with: agent)
        } catch {
            throw BlueZError.notPaired
        }
    }

    private func bond(_ path: ObjectPath, with agent: SimulatedAgent?) async throws {
        guard let address = world.devices[path]?.address, let method = world.straps[address]?.config.pairingMethod,
            let agent
        else { throw BlueZError.authenticationFailed }
        world.straps[address]?.pairingAttempts += 1
        guard method == .justWorks || agent.hasKeyboardAndDisplay else { throw BlueZError.authenticationFailed }
        guard try await isConvinced(agent, by: method, of: path) else { throw BlueZError.authenticationFailed }
        await change { $0.setPaired(path) }
    }

    /// Whether the agent gives the right answer.
    private func isConvinced(
        _ agent: SimulatedAgent, by method: PairingMethod, of path: ObjectPath
    ) async throws -> Bool {
        let device = BusValue.objectPath(path)
        switch method {
        case .justWorks:
            try await ask(agent, "RequestAuthorization", [device])
            return true
        case .showsPasskey(let passkey):
            return try await ask(agent, "RequestPasskey", [device]).first == .uint32(passkey)
        case .takesPasskey(let passkey):
            try await ask(agent, "DisplayPasskey", [device, .uint32(passkey), .uint16(0)])
            return true
        case .comparesPasskey(let passkey):
            try await ask(agent, "RequestConfirmation", [device, .uint32(passkey)])
            return true
        case .pinCode(let code):
            return try await ask(agent, "RequestPinCode", [device]).first == .string(code)
        }
    }

    @discardableResult
    private func ask(_ agent: SimulatedAgent, _ question: String, _ arguments: [BusValue]) async throws -> [BusValue] {
        guard let bus = connectedBus else { throw BlueZError.authenticationFailed }
        do {
            return try await bus.object(agent.path, of: agent.client).call(question, on: BlueZName.agent, arguments)
        } catch let error as BusError where error.name == "org.bluez.Error.Rejected" {
            throw BlueZError.authenticationRejected
        } catch let error as BusError where error.name == "org.bluez.Error.Canceled" {
            throw BlueZError.authenticationCanceled
        } catch {
            throw BlueZError.authenticationFailed
        }
    }

    /// Cancels the pending questions to the agents, as bluetoothd does if the strap is gone or took too long.
    public func cancelQuestions() async throws {
        for agent in world.agents.values {
            try await connectedBus?.object(agent.path, of: agent.client).call("Cancel", on: BlueZName.agent)
        }
    }
}
