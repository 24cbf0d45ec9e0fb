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
