import DBus

extension Bluetooth {
    /// Takes a device, with its bond, out of what bluetoothd knows: on every adapter, or on the one that was named.
    ///
    /// Ends its connection, whoever has made it. Returns what was forgotten.
    public func forget(_ selector: StrapSelector) async throws(PairingError) -> NearbyDevice {
        let (bus, snapshot) = try await look(orThrow: PairingError.machine)
        let found = snapshot.devices.values
            .filter { selector.matches($0) && isOnOurAdapter($0, in: snapshot) }
            .sorted { $0.path < $1.path }
        let shown = found.map { NearbyDevice($0, on: snapshot.adapters[$0.adapterPath]?.address ?? $0.address) }
        guard let first = shown.first else { throw .unknown(selector) }
        guard shown.allSatisfy({ $0.address == first.address }) else { throw .ambiguous(shown) }
        for device in found { try await remove(device, on: bus) }
        await bus.close()
        return first
    }

    private func remove(_ device: BlueZSnapshot.Device, on bus: Bus) async throws(PairingError) {
        do {
            try await bus.object(device.adapterPath, of: BlueZClient.service).call(
                "RemoveDevice", on: BlueZSnapshot.Interface.adapter, [.objectPath(device.path)])
        } catch {
            throw .forgetRefused(error as? BusError ?? BusError(name: BusError.Name.failed, message: "\(error)"))
        }
    }
}
