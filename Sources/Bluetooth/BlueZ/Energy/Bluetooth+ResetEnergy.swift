import DBus

extension Bluetooth {
    /// Heart Rate Control Point (Heart Rate Service 1.0, section 3.3): the one command there is.
    private static let resetEnergyExpended: [UInt8] = [0x01]

    /// Lets a strap count the energy expended from 0 again, and returns the device.
    ///
    /// The strap must be connected, by whomever: writes are shared through bluetoothd as notifications are, and who listens
    /// goes on listening. Nothing is connected for it.
    public func resetEnergyExpended(of selector: StrapSelector) async throws(EnergyResetError) -> NearbyDevice {
        let (bus, snapshot) = try await look(orThrow: EnergyResetError.machine)
        let connected = snapshot.devices.values
            .filter { $0.isConnected && selector.matches($0) && isOnOurAdapter($0, in: snapshot) }
            .sorted { $0.path < $1.path }
        let shown = connected.map { NearbyDevice($0, on: snapshot.adapters[$0.adapterPath]?.address ?? $0.address) }
        guard let device = connected.first, let first = shown.first else { throw .notConnected }
        guard connected.count == 1 else { throw .ambiguous(shown) }
        guard device.isServicesResolved else { throw .notResolved }
        guard let path = device.controlPointPath else { throw .notOffered }
        do {
            try await bus.object(path, of: BlueZClient.service).call(
                "WriteValue", on: BlueZSnapshot.Interface.characteristic,
                [.bytes(Self.resetEnergyExpended), .properties(["type": .string("request")])])
        } catch {
            let error = error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)")
            throw error.isControlPointNotSupported ? .notOffered : .refused(error)
        }
        await bus.close()
        return first
    }
}
