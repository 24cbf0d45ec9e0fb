import DBus

/// Programs that serve GATT objects: bluetoothd reads what they show, and passes on the calls of readers.
extension Simulator {
    private static let objectManager = "org.freedesktop.DBus.ObjectManager"

    func registerApplication(_ object: ClientObject, adapter: String) async throws {
        try world.checkApplication(object, adapter: adapter)
        let reply = try? await connectedBus?.object(object.path, of: object.client).call(
            "GetManagedObjects", on: Self.objectManager)
        guard let objects = ServedObjects(reply?.first) else { throw BlueZError.noObjectReceived }
        try await change { world in
            try world.checkApplication(object, adapter: adapter)
            world.adapters[adapter]?.applications[object] = objects
        }
    }

    func registerAdvertisement(_ object: ClientObject, adapter: String) async throws {
        try world.checkAdvertisement(object, adapter: adapter)
        let properties = try? await connectedBus?.object(object.path, of: object.client).properties(
            of: BlueZName.advertisement)
        guard let properties else { throw BlueZError.failed("Failed to parse advertisement.") }
        try await change { try $0.register(object, properties, adapter: adapter) }
    }

    /// bluetoothd ends the advertisements of an adapter by itself, and reports it.
    package func releaseAdvertisements(adapter: String = "hci0") async {
        let objects = world.adapters[adapter]?.advertisements.keys.sorted() ?? []
        for object in objects {
            await change { try? $0.unregisterAdvertisement(object, adapter: adapter) }
            _ = try? await connectedBus?.object(object.path, of: object.client).call(
                "Release", on: BlueZName.advertisement)
        }
    }

    // MARK: Readers, named by their addresses

    /// A phone or a watch connects to the advertising adapter.
    /// - Throws: `BusError` if nothing is advertised.
    package func connectReader(_ address: String, adapter: String = "hci0") async throws {
        try await change { try $0.connectReader(address, adapter: adapter) }
    }

    /// The reader subscribes to the Heart Rate Measurement of the first application.
    /// - Throws: `BusError` if there is none.
    package func subscribeReader(_ address: String, adapter: String = "hci0") async throws {
        let (object, path) = try characteristic(BluetoothUUID.heartRateMeasurement, adapter: adapter)
        guard let bus = connectedBus, world.adapters[adapter]?.readers[address]?.isSubscribed == false else {
            throw BlueZError.notConnected
        }
        let isFirst = world.adapters[adapter]?.readers.values.contains(where: \.isSubscribed) == false
        let rule = MatchRule.propertiesChanged(
            sender: object.client, path: path, interface: BlueZName.characteristic)
        let values = try await bus.signals(matching: rule) { message in
            message.changedBytes("Value", of: "org.bluez.GattCharacteristic1")
        }
        startTask(.reader(address)) { [weak self] in
            do {
                for try await value in values {
                    await self?.change { $0.receive(value, byReader: address, adapter: adapter) }
                }
            } catch {
                // The bus has gone.
            }
        }
        await change { $0.adapters[adapter]?.readers[address]?.isSubscribed = true }
        // bluetoothd asks for the first reader only.
        if isFirst { try await bus.object(path, of: object.client).call("StartNotify", on: BlueZName.characteristic) }
    }

    /// The reader reads a characteristic of the first application, by its UUID of 16 bits such as `2a38`.
    /// - Throws: `BusError`, also the one that the application answers.
    package func readByReader(_ address: String, _ uuid: String, adapter: String = "hci0") async throws -> [UInt8] {
        let (object, path) = try characteristic("0000\(uuid)-0000-1000-8000-00805f9b34fb", adapter: adapter)
        guard let bus = connectedBus, world.adapters[adapter]?.readers[address] != nil else {
            throw BlueZError.notConnected
        }
        let options: [String: BusValue] = [
            "device": .objectPath(World.path(ofDevice: address, on: adapter)), "offset": .uint16(0),
            "link": .string("LE"), "mtu": .uint16(517),
        ]
        let reply = try await bus.object(path, of: object.client).call(
            "ReadValue", on: BlueZName.characteristic, [.properties(options)])
        return reply.first?.bytes ?? []
    }

    /// The reader goes away. The last one ends the subscription.
    package func disconnectReader(_ address: String, adapter: String = "hci0") async {
        let wasSubscribed = world.adapters[adapter]?.readers[address]?.isSubscribed == true
        stopTimer(.reader(address))
        await change { $0.disconnectReader(address, adapter: adapter) }
        let isLast = world.adapters[adapter]?.readers.values.contains(where: \.isSubscribed) == false
        guard wasSubscribed, isLast,
            let (object, path) = try? characteristic(BluetoothUUID.heartRateMeasurement, adapter: adapter)
        else { return }
        _ = try? await connectedBus?.object(path, of: object.client).call("StopNotify", on: BlueZName.characteristic)
    }

    private func characteristic(
        _ uuid: String, adapter: String
    ) throws(BusError) -> (object: ClientObject, path: ObjectPath) {
        let applications = world.adapters[adapter]?.applications.sorted { $0.key < $1.key } ?? []
        for (object, objects) in applications {
            if let path = objects.path(ofCharacteristic: uuid) { return (object, path) }
        }
        throw BlueZError.doesNotExist
    }
}
