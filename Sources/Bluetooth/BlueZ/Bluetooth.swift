public import DBus
public import Logging
public import Timing

/// Looks for heart rate straps, pairs with one, and forgets one.
///
/// ```swift
/// let bluetooth = Bluetooth(logger: logger)
/// try await bluetooth.scan(until: { await interrupted() }) { devices in print(devices) }
/// ```
public struct Bluetooth: Sendable {
    let access: BlueZAccess

    /// - Parameters:
    ///   - adapter: the one adapter to use. Nil uses every adapter that is on, and switches one on if none is.
    ///   - time: stamps measurements and events.
    ///   - clock: measures deadlines.
    ///   - logger: gets every call to BlueZ, with level debug.
    ///   - radioSwitches: reads the switches that may hold an adapter off.
    ///   - openBus: connects to the bus on which bluetoothd is.
    public init(
        adapter: BluetoothAddress? = nil, time: any TimeSource = KernelTime(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        radioSwitches: @escaping @Sendable () -> [RadioSwitch] = { RadioSwitch.all() },
        openBus: @escaping @Sendable () async throws -> Bus = { try await Bus.system() }
    ) {
        access = BlueZAccess(
            adapter: adapter, time: time, clock: clock, logger: logger, radioSwitches: radioSwitches, openBus: openBus)
    }

    /// Scans until `stop` returns. With every change, `show` gets all devices that BlueZ hears, is connected to or is
    /// paired with.
    ///
    /// Nothing is connected or disconnected: other programs keep their use of the adapter.
    public func scan(
        until stop: @escaping @Sendable () async -> Void, show: @escaping @Sendable ([NearbyDevice]) async -> Void
    ) async throws(PairingError) {
        let machine = PairingMachine(nil, adapter: access.adapter)
        var loop = PairingLoop(machine, access: access, dialogue: SilentDialogue(), show: show)
        if case .failed(let error) = await loop.run(until: stop), error != .stopped { throw error }
    }

    /// Finds a strap, connects, pairs if the strap asks for it, marks it as trusted, and waits for three measurements.
    /// Afterwards only devices are connected that were connected before.
    ///
    /// If `stop` returns first, the pairing ends in order and throws ``PairingError/stopped``.
    public func pair(
        _ request: PairingRequest, with dialogue: any PairingDialogue, until stop: @escaping @Sendable () async -> Void
    ) async throws(PairingError) -> NearbyDevice {
        var loop = PairingLoop(
            PairingMachine(request, adapter: access.adapter, isInteractive: dialogue.isInteractive), access: access,
            dialogue: dialogue, show: { _ in })
        switch await loop.run(until: stop) {
        case .done(let device): return device
        case .failed(let error): throw error
        case nil: throw .stopped
        }
    }

    /// Removes a device and its bond from bluetoothd, on every adapter or on the given one. Returns the device.
    ///
    /// This ends its connection, also one that another program has made.
    public func forget(_ selector: StrapSelector) async throws(PairingError) -> NearbyDevice {
        let (bus, snapshot) = try await access.look(orThrow: PairingError.machine)
        let found = snapshot.devices.values
            .filter { selector.matches($0) && access.isOnOurAdapter($0, in: snapshot) }
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
