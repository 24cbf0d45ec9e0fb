public import DBus

/// A Bluetooth adapter of the simulator.
public struct SimulatedAdapter: Sendable, Hashable {
    /// As the kernel names it; the last element of its path.
    public var name: String
    public var address: String
    public var isPowered: Bool

    public init(name: String = "hci0", address: String = "00:1A:7D:DA:71:13", isPowered: Bool = true) {
        self.name = name
        self.address = address
        self.isPowered = isPowered
    }
}

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
