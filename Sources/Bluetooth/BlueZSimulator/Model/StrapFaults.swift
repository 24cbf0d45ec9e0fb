public import DBus

/// What goes wrong with a strap. Counts go down with each time that it has.
public struct StrapFaults: Sendable, Hashable {
    /// So many calls of `Connect` are never answered, until `Disconnect` ends them.
    public var hangingConnects = 0
    /// So many calls of `Connect` fail with ``connectError``.
    public var failingConnects = 0
    public var connectError = BlueZError.connectionAbortedByLocal
    /// After so many connections `ServicesResolved` becomes true without GATT objects; they come with
    /// ``Simulator/exportLateServices(of:)``.
    public var resolvesWithoutServices = 0
    /// After so many connections `ServicesResolved` stays false.
    public var neverResolves = 0
    /// After so many connections the Heart Rate Measurement is missing, as with a stale cache. Only `RemoveDevice`
    /// ends it before.
    public var missingMeasurements = 0
    /// So many calls of `StartNotify` fail with ``startNotifyError``.
    public var failingStartNotifies = 0
    public var startNotifyError = BlueZError.failed("Operation failed with ATT error: 0x0e")
    /// bluetoothd's memory of the services is out of date: `StartNotify`, `ReadValue` and `WriteValue` fail with this
    /// until `RemoveDevice` empties it.
    public var staleCacheError: BusError?
    /// Another program has called `AcquireNotify`, and has the notifications for itself.
    public var areNotificationsTaken = false
    /// So many calls of `ReadValue` fail with ``readError``.
    public var failingReads = 0
    public var readError = BlueZError.failed("Operation failed with ATT error: 0x0e")
    /// Calls of `ReadValue` are never answered.
    public var hangsReads = false

    public init() {}
}
