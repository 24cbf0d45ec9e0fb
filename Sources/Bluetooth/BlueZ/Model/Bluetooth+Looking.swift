import DBus
import Timing

extension Bluetooth {
    /// What bluetoothd shows now, and the bus on which it does; what stands in the way is thrown as `failure` says it.
    func look<Failure: Error>(
        orThrow failure: (StrapState.Reason) -> Failure
    ) async throws(Failure) -> (Bus, BlueZSnapshot) {
        let bus: Bus
        let objects: MirroredObjects?
        do {
            bus = try await openBus()
            objects = try await withTimeout(BlueZClient.startTimeout, clock: clock) { [bus] in
                let mirror = try await ObjectMirror.start(of: BlueZClient.service, on: bus, following: [])
                return await mirror.isServicePresent ? await mirror.objects : nil
            }
        } catch {
            throw failure(BlueZClient.reason(for: error))
        }
        guard let objects else { throw failure(.bluetoothdMissing) }
        return (bus, BlueZSnapshot(revision: 0, of: objects))
    }

    func isOnOurAdapter(_ device: BlueZSnapshot.Device, in snapshot: BlueZSnapshot) -> Bool {
        adapter == nil || snapshot.adapters[device.adapterPath]?.address == adapter
    }
}
