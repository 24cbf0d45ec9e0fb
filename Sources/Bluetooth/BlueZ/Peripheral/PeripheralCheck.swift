package import DBus
import Timing

/// Whether an adapter can be a ``HeartRatePeripheral``.
package struct PeripheralCheck: Sendable, Equatable {
    package let address: BluetoothAddress
    /// How many more advertisements the controller takes; nil if bluetoothd does not say.
    package let freeAdvertisements: Int?
    /// Whether the straps are heard by the same adapter.
    package let isOnlyAdapter: Bool

    /// Looks at the adapter with this address, or at the one that a peripheral would choose.
    /// - Throws: ``PeripheralFault`` if it cannot.
    package static func run(
        adapter: BluetoothAddress?, clock: any Clock<Duration>, openBus: @Sendable () async throws -> Bus
    ) async throws(PeripheralFault) -> PeripheralCheck {
        let objects: MirroredObjects?
        do {
            let bus = try await openBus()
            objects = try await withTimeout(BlueZClient.startTimeout, clock: clock) {
                let mirror = try await ObjectMirror.start(of: BlueZClient.service, on: bus, following: [])
                return await mirror.isServicePresent ? await mirror.objects : nil
            }
            await bus.close()
        } catch {
            throw .machine(BlueZClient.reason(for: error))
        }
        guard let objects else { throw .machine(.bluetoothdMissing) }
        return try PeripheralCheck(adapter, in: objects)
    }

    init(_ wanted: BluetoothAddress?, in objects: MirroredObjects) throws(PeripheralFault) {
        let adapters = PeripheralMachine.Adapter.all(in: objects)
        let fitting = adapters.filter { $0.address == wanted ?? $0.address }
        guard let adapter = fitting.first(where: { $0.isPowered && $0.isPeripheral }) ?? fitting.first else {
            throw .machine(.adapterMissing(wanted))
        }
        guard adapter.isPowered else { throw .machine(.adapterOff(adapter.address, nil)) }
        guard adapter.isPeripheral else { throw .noPeripheralRole(adapter.address) }
        address = adapter.address
        freeAdvertisements = objects.property(
            "SupportedInstances", of: PeripheralObjects.Interface.advertisingManager, at: adapter.path
        )?.integer.map { Int(clamping: $0) }
        isOnlyAdapter = adapters.count { $0.isPowered } < 2
    }
}
