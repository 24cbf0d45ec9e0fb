/// The simulator as a script sees it, to wait for with ``Simulator/until(_:)``. The counts never go down, so that what
/// was over quickly is not missed.
public struct SimulatorStatus: Sendable, Hashable {
    public struct Adapter: Sendable, Hashable {
        public var isPowered: Bool
        public var isDiscovering: Bool
        /// Successful calls of `StartDiscovery`.
        public var discoveriesStarted: Int
        /// Calls of `StartDiscovery` that ``AdapterFaults/startDiscoveryError`` answered.
        public var discoveriesRefused: Int
    }

    public struct Strap: Sendable, Hashable {
        public var isInRange: Bool
        public var isConnected: Bool
        /// How many clients listen to its Heart Rate Measurement.
        public var subscribers: Int
        /// Calls of `Connect`.
        public var connectAttempts: Int
        public var connections: Int
        /// Connections that have ended.
        public var disconnections: Int
        /// Subscriptions by a first client.
        public var subscriptions: Int
        /// Measurements sent. None are sent unless a client is subscribed.
        public var measurementsSent: Int
        /// Calls of `ReadValue` for what the strap is.
        public var reads: Int
        /// How often it was told to count energy from 0 again, and did.
        public var energyResets: Int
        /// Whether bluetoothd has a bond with it, and whether it marks it as trusted.
        public var isPaired: Bool
        public var isTrusted: Bool
        /// How often an agent was there to answer for a bond.
        public var pairingAttempts: Int
        /// Successful calls of `RemoveDevice`.
        public var removals: Int

        public var isSubscribed: Bool { subscribers > 0 }
    }

    /// How often clients have called a method, whatever became of it.
    public var calls: Int
    /// By name.
    public var adapters: [String: Adapter]
    /// The capabilities of the registered agents, the default one last.
    public var agents: [String]
    /// By address.
    public var straps: [String: Strap]
}
