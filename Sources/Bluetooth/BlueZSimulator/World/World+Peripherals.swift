import DBus

/// An object of a client.
struct ClientObject: Sendable, Hashable, Comparable {
    var client: String
    var path: ObjectPath

    static func < (left: Self, right: Self) -> Bool {
        (left.client, left.path) < (right.client, right.path)
    }
}

/// The GATT objects of a client: properties by interface, by path.
struct ServedObjects: Sendable, Hashable {
    var interfaces: [ObjectPath: [String: [String: BusValue]]] = [:]

    /// Reads the reply to `GetManagedObjects`. Nil unless it has a service, and each characteristic belongs to one.
    init?(_ reply: BusValue?) {
        for (path, value) in reply?.dictionary ?? [:] {
            guard let path = path.objectPath, let found = value.dictionary else { return nil }
            for (name, properties) in found {
                guard let name = name.string, let properties = properties.properties else { return nil }
                interfaces[path, default: [:]][name] = properties
            }
        }
        let services = interfaces.filter { $0.value[BlueZName.gattService]?["UUID"]?.string != nil }
        let characteristics = interfaces.values.compactMap { $0[BlueZName.characteristic] }
        let belong = characteristics.allSatisfy { characteristic in
            characteristic["UUID"]?.string != nil && characteristic["Flags"]?.strings?.isEmpty == false
                && characteristic["Service"]?.objectPath.map { services[$0] != nil } ?? false
        }
        guard !services.isEmpty, belong else { return nil }
    }

    func path(ofCharacteristic uuid: String) -> ObjectPath? {
        interfaces.first { $0.value[BlueZName.characteristic]?["UUID"]?.string == uuid }?.key
    }
}

/// Programs that serve GATT objects and advertise, and the readers that connect to them.
extension World {
    /// Of a usual controller.
    private static let mostAdvertisements = 4
    /// In a scan response of 31 bytes.
    private static let mostNameBytes = 29

    func advertisingProperties(of adapter: Adapter) -> [String: BusValue] {
        let active = adapter.advertisements.count
        return [
            "ActiveInstances": .byte(UInt8(active)),
            "SupportedInstances": .byte(UInt8(max(0, Self.mostAdvertisements - active))),
            "SupportedIncludes": .strings(["tx-power", "appearance", "local-name"]),
        ]
    }

    // MARK: Applications

    func checkApplication(_ object: ClientObject, adapter name: String) throws(BusError) {
        guard let adapter = adapters[name] else { throw BlueZError.doesNotExist }
        if let error = adapter.faults.registerApplicationError { throw error }
        guard adapter.applications[object] == nil else { throw BlueZError.alreadyExists }
    }

    mutating func unregisterApplication(_ object: ClientObject, adapter name: String) throws(BusError) {
        guard adapters[name]?.applications.removeValue(forKey: object) != nil else { throw BlueZError.doesNotExist }
    }

    // MARK: Advertisements

    func checkAdvertisement(_ object: ClientObject, adapter name: String) throws(BusError) {
        guard let adapter = adapters[name] else { throw BlueZError.doesNotExist }
        if let error = adapter.faults.registerAdvertisementError { throw error }
        guard adapter.advertisements[object] == nil else { throw BlueZError.alreadyExists }
        guard adapter.advertisements.count < Self.mostAdvertisements else { throw BlueZError.advertisementsExhausted }
        guard adapter.config.isPowered else { throw BlueZError.advertisementFailed }
    }

    mutating func register(
        _ object: ClientObject, _ properties: [String: BusValue], adapter name: String
    ) throws(BusError) {
        try checkAdvertisement(object, adapter: name)
        guard let type = properties["Type"]?.string, ["peripheral", "broadcast"].contains(type),
            properties["LocalName"]?.string?.utf8.count ?? 0 <= Self.mostNameBytes
        else { throw BlueZError.failed("Failed to parse advertisement.") }
        adapters[name]?.advertisements[object] = SimulatedAdvertisement(
            type: type, serviceUUIDs: properties["ServiceUUIDs"]?.strings ?? [],
            localName: properties["LocalName"]?.string, isDiscoverable: properties["Discoverable"]?.boolean ?? false)
        adapters[name]?.advertisementsRegistered += 1
        showAdvertisements(of: name)
    }

    mutating func unregisterAdvertisement(_ object: ClientObject, adapter name: String) throws(BusError) {
        guard adapters[name]?.advertisements.removeValue(forKey: object) != nil else { throw BlueZError.doesNotExist }
        showAdvertisements(of: name)
    }

    /// The kernel keeps advertisements while the adapter is off.
    mutating func setOnAir(_ isOnAir: Bool, adapter name: String) {
        for object in Array((adapters[name]?.advertisements ?? [:]).keys) {
            adapters[name]?.advertisements[object]?.isOnAir = isOnAir
        }
    }

    /// A client has gone, and with it all that it served.
    mutating func endServing(of client: String, adapter name: String) {
        guard let adapter = adapters[name] else { return }
        adapters[name]?.applications = adapter.applications.filter { $0.key.client != client }
        let left = adapter.advertisements.filter { $0.key.client != client }
        guard left.count < adapter.advertisements.count else { return }
        adapters[name]?.advertisements = left
        showAdvertisements(of: name)
    }

    private mutating func showAdvertisements(of name: String) {
        guard let adapter = adapters[name] else { return }
        act(
            .update(
                adapter.path, interface: BlueZName.advertisingManager, advertisingProperties(of: adapter)))
    }

    // MARK: Readers

    mutating func connectReader(_ address: String, adapter name: String) throws(BusError) {
        guard let adapter = adapters[name], adapter.advertisements.values.contains(where: \.isOnAir) else {
            throw BlueZError.connectionAbortedByLocal
        }
        if adapter.faults.stopsAdvertisingAtReader { setOnAir(false, adapter: name) }
        adapters[name]?.readers[address] = SimulatedReader()
        let path = Self.path(ofDevice: address, on: name)
        let properties: [String: BusValue] = [
            "Address": .string(address), "AddressType": .string("public"), "Adapter": .objectPath(adapter.path),
            "Alias": .string("reader"), "Connected": .boolean(true), "Paired": .boolean(false),
            "ServicesResolved": .boolean(false), "UUIDs": .strings([]),
        ]
        act(.export(path, interfaces: [BlueZName.device: properties]))
    }

    mutating func disconnectReader(_ address: String, adapter name: String) {
        guard adapters[name]?.readers.removeValue(forKey: address) != nil else { return }
        let path = Self.path(ofDevice: address, on: name)
        act(.update(path, interface: BlueZName.device, ["Connected": .boolean(false)]))
        act(.unexport(path))
        // The kernel advertises again when a link has ended.
        if let adapter = adapters[name], adapter.config.isPowered { setOnAir(true, adapter: name) }
    }

    mutating func dropReaders(of name: String) {
        for address in adapters[name]?.readers.keys.sorted() ?? [] { disconnectReader(address, adapter: name) }
    }

    mutating func receive(_ value: [UInt8], byReader address: String, adapter name: String) {
        guard adapters[name]?.readers[address]?.isSubscribed == true else { return }
        adapters[name]?.readers[address]?.values.append(value)
    }
}
