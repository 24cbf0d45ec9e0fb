public import DBus

/// A Bluetooth adapter of the simulator.
public struct SimulatedAdapter: Sendable, Hashable {
    /// The name in the kernel, the last element of its path.
    public var name: String
    /// The address.
    public var address: String
    /// Whether it is on.
    public var isPowered: Bool
    /// Whether programs can serve GATT objects and advertise.
    public var isPeripheral: Bool

    /// Makes an adapter.
    public init(
        name: String = "hci0", address: String = "00:1A:7D:DA:71:13", isPowered: Bool = true, isPeripheral: Bool = true
    ) {
        self.name = name
        self.address = address
        self.isPowered = isPowered
        self.isPeripheral = isPeripheral
    }
}

/// The faults of an adapter, for ``Simulator/setFaults(_:ofAdapter:)``.
public struct AdapterFaults: Sendable, Hashable {
    /// The answer to `StartDiscovery`. Nil lets it work, here and below.
    public var startDiscoveryError: BusError?
    /// The answer to `SetDiscoveryFilter`.
    public var setFilterError: BusError?
    /// The answer to `StopDiscovery`.
    public var stopDiscoveryError: BusError?
    /// The answer to setting `Powered`.
    public var powerError: BusError?
    /// The answer to `RegisterApplication`.
    public var registerApplicationError: BusError?
    /// The answer to `RegisterAdvertisement`.
    public var registerAdvertisementError: BusError?
    /// Whether advertisements go off air when a reader connects, until they are registered again.
    public var stopsAdvertisingAtReader = false
    /// Whether `StartDiscovery` succeeds without starting a scan.
    public var ignoresDiscovery = false

    /// No faults.
    public init() {}
}
