/// The state of a simulator, for conditions of ``Simulator/until(_:)``. The counts never go down: a test cannot miss a
/// short event.
public struct SimulatorStatus: Sendable, Hashable {
    /// The state of an adapter.
    public struct Adapter: Sendable, Hashable {
        /// Whether the adapter is on.
        public var isPowered: Bool
        /// Whether it scans.
        public var isDiscovering: Bool
        /// Successful calls of `StartDiscovery`.
        public var discoveriesStarted: Int
        /// Calls of `StartDiscovery` that ``AdapterFaults/startDiscoveryError`` answered.
        public var discoveriesRefused: Int
        /// The number of registered GATT applications.
        package var applications: Int
        /// The registered advertisements.
        package var advertisements: [SimulatedAdvertisement]
        /// Successful calls of `RegisterAdvertisement`.
        package var advertisementsRegistered: Int
        /// The connected readers by address.
        package var readers: [String: SimulatedReader]

        /// Whether an advertisement is on air, so that a reader can connect.
        package var isAdvertising: Bool { advertisements.contains(where: \.isOnAir) }
    }

    /// The state of a strap.
    public struct Strap: Sendable, Hashable {
        /// Whether it is in range.
        public var isInRange: Bool
        /// Whether it is connected.
        public var isConnected: Bool
        /// The number of clients that are subscribed to its Heart Rate Measurement.
        public var subscribers: Int
        /// Calls of `Connect`.
        public var connectAttempts: Int
        /// Connections made.
        public var connections: Int
        /// Connections that have ended.
        public var disconnections: Int
        /// Subscriptions by a first client.
        public var subscriptions: Int
        /// Measurements sent. Without a subscribed client none is sent.
        public var measurementsSent: Int
        /// Calls of `ReadValue` for its details.
        public var reads: Int
        /// The number of resets of its energy expended.
        public var energyResets: Int
        /// Whether bluetoothd has a bond with it.
        public var isPaired: Bool
        /// Whether bluetoothd marks it as trusted.
        public var isTrusted: Bool
        /// The number of pairings with an agent.
        public var pairingAttempts: Int
        /// Successful calls of `RemoveDevice`.
        public var removals: Int

        /// Whether a client is subscribed to its Heart Rate Measurement.
        public var isSubscribed: Bool { subscribers > 0 }
    }

    /// The number of method calls of clients, also of failed ones.
    public var calls: Int
    /// The adapters by name.
    public var adapters: [String: Adapter]
    /// The capabilities of the registered agents. The default agent is the last.
    public var agents: [String]
    /// The straps by address.
    public var straps: [String: Strap]
}
