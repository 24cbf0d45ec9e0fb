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
    let radioSwitches: @Sendable () -> [RadioSwitch]
    let openBus: @Sendable () async throws -> Bus

    /// - Parameters:
    ///   - adapter: the one adapter to use; nil takes every one that is on, else switches one on: see ``SearchRule``.
    ///   - time: stamps what arrives.
    ///   - clock: measures deadlines.
    ///   - logger: is told, with level debug, every call to BlueZ.
    ///   - radioSwitches: reads what may hold an adapter off.
    ///   - openBus: connects to the bus on which bluetoothd is.
    public init(
        adapter: BluetoothAddress? = nil, time: any TimeSource = KernelTime(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        radioSwitches: @escaping @Sendable () -> [RadioSwitch] = { RadioSwitch.all() },
        openBus: @escaping @Sendable () async throws -> Bus = { try await Bus.system() }
    ) {
        self.adapter = adapter
        self.time = time
        self.clock = clock
        self.logger = logger
        self.radioSwitches = radioSwitches
        self.openBus = openBus
    }
}
