public import DBus

/// What goes wrong with an adapter until it is told otherwise.
public struct AdapterFaults: Sendable, Hashable {
    /// What `StartDiscovery` answers; nil lets it do what it should.
    public var startDiscoveryError: BusError?
    /// What `SetDiscoveryFilter` answers.
    public var setFilterError: BusError?
    /// What `StopDiscovery` answers.
    public var stopDiscoveryError: BusError?
    /// What setting `Powered` answers.
    public var powerError: BusError?
    /// Whether `StartDiscovery` succeeds and nothing comes of it.
    public var ignoresDiscovery = false

    public init() {}
}
