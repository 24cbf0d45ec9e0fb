import DBus
import Logging
import Timing

/// The adapter, clocks and bus that a single operation works with, such as a scan or a pairing.
struct BlueZAccess: Sendable {
    /// The one adapter to use; nil is any.
    let adapter: BluetoothAddress?
    let time: any TimeSource
    let clock: any Clock<Duration>
    let logger: Logger
    let radioSwitches: @Sendable () -> [RadioSwitch]
    let openBus: @Sendable () async throws -> Bus

    /// Connects to the bus and reads all objects of bluetoothd once. `failure` makes the thrown error.
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
