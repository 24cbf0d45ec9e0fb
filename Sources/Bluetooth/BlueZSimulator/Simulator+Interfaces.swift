import DBus

/// Binds the methods of the interfaces to the simulator.
extension Simulator {
    nonisolated func interface(_ name: String, _ properties: [String: BusValue]) -> ExportedInterface {
        var interface = ExportedInterface(name, properties: properties)
        switch name {
        case BlueZName.adapter:
            interface.methods = adapterMethods
            interface.setters = ["Powered": powerSetter, "Alias": aliasSetter(BlueZName.adapter)]
        case BlueZName.device:
            interface.methods = deviceMethods
            interface.setters = ["Trusted": trustSetter, "Alias": aliasSetter(BlueZName.device)]
        case BlueZName.characteristic:
            interface.methods = characteristicMethods
        case BlueZName.agentManager:
            interface.methods = agentManagerMethods
        case BlueZName.gattManager:
            interface.methods = gattManagerMethods
        case BlueZName.advertisingManager:
            interface.methods = advertisingManagerMethods
        default: break
        }
        return interface
    }

    private nonisolated var adapterMethods: [ExportedMethod] {
        [
            method("StartDiscovery") { simulator, call in
                try await simulator.change { try $0.startDiscovery(adapter: call.adapter, client: call.sender) }
            },
            method("StopDiscovery") { simulator, call in
                try await simulator.change { try $0.stopDiscovery(adapter: call.adapter, client: call.sender) }
            },
            method("SetDiscoveryFilter", input: "a{sv}") { simulator, call in
                let filter = DiscoveryFilter(call.arguments[0].properties ?? [:])
                try await simulator.change { try $0.setFilter(filter, adapter: call.adapter, client: call.sender) }
            },
            method("RemoveDevice", input: "o") { simulator, call in
                guard let path = call.arguments[0].objectPath else { return }
                try await simulator.removeDevice(path, adapter: call.adapter)
            },
            ExportedMethod("GetDiscoveryFilters", output: "as") { _ in
                [.strings(["UUIDs", "RSSI", "Pathloss", "Transport", "DuplicateData", "Discoverable", "Pattern"])]
            },
        ]
    }

    private nonisolated var deviceMethods: [ExportedMethod] {
        [
            method("Connect") { simulator, call in try await simulator.connect(call.path) },
            method("Disconnect") { simulator, call in await simulator.disconnect(call.path) },
            method("Pair") { simulator, call in try await simulator.pair(call.path, client: call.sender) },
            method("CancelPairing") { _, _ in throw BlueZError.doesNotExist },
        ]
    }

    private nonisolated var characteristicMethods: [ExportedMethod] {
        [
            method("StartNotify") { simulator, call in
                try await simulator.startNotify(call.path, client: call.sender)
            },
            method("StopNotify") { simulator, call in
                try await simulator.stopNotify(call.path, client: call.sender)
            },
            ExportedMethod("ReadValue", input: "a{sv}", output: "ay") { [weak self] call in
                guard let self else { throw BlueZError.notConnected }
                await self.countCall()
                return [.bytes(try await self.read(call.path))]
            },
            method("WriteValue", input: "aya{sv}") { simulator, call in
                let value = call.arguments[0].bytes ?? []
                try await simulator.change { try $0.write(value, to: call.path) }
            },
        ]
    }

    private nonisolated var agentManagerMethods: [ExportedMethod] {
        [
            method("RegisterAgent", input: "os") { simulator, call in
                guard let path = call.arguments[0].objectPath else { return }
                let capability = call.arguments[1].string ?? ""
                let agent = SimulatedAgent(client: call.sender, path: path, capability: capability)
                try await simulator.change { try $0.register(agent) }
            },
            method("UnregisterAgent", input: "o") { simulator, call in
                guard let path = call.arguments[0].objectPath else { return }
                try await simulator.change { try $0.unregisterAgent(path, client: call.sender) }
            },
            method("RequestDefaultAgent", input: "o") { simulator, call in
                guard let path = call.arguments[0].objectPath else { return }
                try await simulator.change { try $0.makeDefault(path, client: call.sender) }
            },
        ]
    }

    private nonisolated var gattManagerMethods: [ExportedMethod] {
        [
            method("RegisterApplication", input: "oa{sv}") { simulator, call in
                guard let path = call.arguments[0].objectPath else { return }
                try await simulator.registerApplication(
                    ClientObject(client: call.sender, path: path), adapter: call.adapter)
            },
            method("UnregisterApplication", input: "o") { simulator, call in
                guard let path = call.arguments[0].objectPath else { return }
                let object = ClientObject(client: call.sender, path: path)
                try await simulator.change { try $0.unregisterApplication(object, adapter: call.adapter) }
            },
        ]
    }

    private nonisolated var advertisingManagerMethods: [ExportedMethod] {
        [
            method("RegisterAdvertisement", input: "oa{sv}") { simulator, call in
                guard let path = call.arguments[0].objectPath else { return }
                try await simulator.registerAdvertisement(
                    ClientObject(client: call.sender, path: path), adapter: call.adapter)
            },
            method("UnregisterAdvertisement", input: "o") { simulator, call in
                guard let path = call.arguments[0].objectPath else { return }
                let object = ClientObject(client: call.sender, path: path)
                try await simulator.change { try $0.unregisterAdvertisement(object, adapter: call.adapter) }
            },
        ]
    }

    private func countCall() { world.calls += 1 }

    private nonisolated var powerSetter: PropertySetter {
        { [weak self] call, value in
            try await self?.change { try $0.requestPower(value.boolean == true, adapter: call.adapter) }
        }
    }

    private nonisolated var trustSetter: PropertySetter {
        { [weak self] call, value in
            await self?.change { world in
                world.devices[call.path]?.isTrusted = value.boolean == true
                world.act(.update(call.path, interface: BlueZName.device, ["Trusted": value]))
            }
        }
    }

    private nonisolated func aliasSetter(_ interface: String) -> PropertySetter {
        { [weak self] call, value in
            await self?.change { world in
                if interface == BlueZName.device { world.devices[call.path]?.alias = value.string }
                if let alias = value.string, interface == BlueZName.adapter {
                    world.adapters[call.adapter]?.alias = alias
                }
                world.act(.update(call.path, interface: interface, ["Alias": value]))
            }
        }
    }

    /// A method without a result. The bus must not keep the simulator alive.
    private nonisolated func method(
        _ name: String, input: Signature = "",
        _ handler: @escaping @Sendable (Simulator, IncomingCall) async throws -> Void
    ) -> ExportedMethod {
        ExportedMethod(name, input: input) { [weak self] call in
            guard let self else { throw BlueZError.notReady }
            await self.countCall()
            try await handler(self, call)
            return []
        }
    }
}

extension IncomingCall {
    /// The adapter that a call to an object of `Adapter1` is for: the last element of the path.
    fileprivate var adapter: String {
        path.string.split(separator: "/").last.map(String.init) ?? ""
    }
}
