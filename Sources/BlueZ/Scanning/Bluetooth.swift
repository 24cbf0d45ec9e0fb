public import DBus
public import Logging
public import Timing

/// What a person does with bluetoothd before and beside the uploader: look for straps, pair with one, forget one.
///
/// ```swift
/// let bluetooth = Bluetooth(logger: logger)
/// try await bluetooth.scan(until: { await interrupted() }) { devices in print(devices) }
/// ```
public struct Bluetooth: Sendable {
    let adapter: BluetoothAddress?
    let time: any TimeSource
    let clock: any Clock<Duration>
    let logger: Logger
    let openBus: @Sendable () async throws -> Bus

    /// - Parameters:
    ///   - adapter: the one adapter to use; nil takes the first that is on, else switches the first one on.
    ///   - time: stamps what arrives.
    ///   - clock: measures deadlines.
    ///   - logger: is told, with level debug, every call to BlueZ.
    ///   - openBus: connects to the bus on which bluetoothd is.
    public init(
        adapter: BluetoothAddress? = nil, time: any TimeSource = KernelTime(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        openBus: @escaping @Sendable () async throws -> Bus = { try await Bus.system() }
    ) {
        self.adapter = adapter
        self.time = time
        self.clock = clock
        self.logger = logger
        self.openBus = openBus
    }

    /// Scans until `stop` returns. `show` is given all devices that BlueZ hears, is connected to or is paired with, with
    /// every change.
    ///
    /// Nothing is connected or disconnected: what others do with the adapter goes on.
    public func scan(
        until stop: @escaping @Sendable () async -> Void, show: @escaping @Sendable ([NearbyDevice]) async -> Void
    ) async throws(PairingError) {
        let machine = PairingMachine(nil, adapter: adapter)
        var loop = PairingLoop(machine, bluetooth: self, dialogue: Nobody(), show: show)
        if case .failed(let error) = await loop.run(until: stop), error != .stopped { throw error }
    }

    /// Finds a strap, connects, pairs when the strap asks for it, marks it as trusted, and listens to three
    /// measurements. In the end nothing is connected that was not before.
    ///
    /// When `stop` returns it is ended in order and throws ``PairingError/stopped``.
    public func pair(
        _ request: PairingRequest, with dialogue: any PairingDialogue, until stop: @escaping @Sendable () async -> Void
    ) async throws(PairingError) -> NearbyDevice {
        var loop = PairingLoop(
            PairingMachine(request, adapter: adapter, isInteractive: dialogue.isInteractive), bluetooth: self,
            dialogue: dialogue, show: { _ in })
        switch await loop.run(until: stop) {
        case .done(let device): return device
        case .failed(let error): throw error
        case nil: throw .stopped
        }
    }
}

/// Is never asked.
private struct Nobody: PairingDialogue {
    var isInteractive: Bool { false }
    func choose(among devices: [NearbyDevice]) async -> PairingChoice { .giveUp }
    func answer(_ question: AgentQuestion) async -> String? { nil }
    func tell(_ progress: PairingProgress) async {}
}
