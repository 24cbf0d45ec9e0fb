public import DBus

/// The faults of a strap, for ``Simulator/setFaults(_:of:)``. Each fault that occurs lowers its count.
public struct StrapFaults: Sendable, Hashable {
    /// The number of `Connect` calls that hang until `Disconnect` ends them.
    public var hangingConnects = 0
    /// The number of `Connect` calls that fail with ``connectError``.
    public var failingConnects = 0
    /// The error of ``failingConnects``.
    public var connectError = BlueZError.connectionAbortedByLocal
    /// The number of connections with `ServicesResolved` but without GATT objects. They come with
    /// ``Simulator/exportLateServices(of:)``.
    public var resolvesWithoutServices = 0
    /// The number of connections without `ServicesResolved`.
    public var neverResolves = 0
    /// The number of connections without a Heart Rate Measurement, as with a stale cache. `RemoveDevice` ends the
    /// fault.
    public var missingMeasurements = 0
    /// The number of `StartNotify` calls that fail with ``startNotifyError``.
    public var failingStartNotifies = 0
    /// The error of ``failingStartNotifies``.
    public var startNotifyError = BlueZError.failed("Operation failed with ATT error: 0x0e")
    /// The error of a stale cache: `StartNotify`, `ReadValue` and `WriteValue` fail with it until `RemoveDevice`.
    public var staleCacheError: BusError?
    /// Whether another program has exclusive notifications (`AcquireNotify`).
    public var areNotificationsTaken = false
    /// The number of `ReadValue` calls that fail with ``readError``.
    public var failingReads = 0
    /// The error of ``failingReads``.
    public var readError = BlueZError.failed("Operation failed with ATT error: 0x0e")
    /// Whether `ReadValue` hangs.
    public var hangsReads = false

    /// No faults.
    public init() {}
}
