import DBus
import HeartRate

/// Adapters, straps and bluetoothd's knowledge of them: the state of the simulator and all its rules, without I/O.
///
/// Changes for the bus are collected in order and taken with ``takeActions()``.
struct World: Sendable {
    struct Adapter: Sendable {
        var config: SimulatedAdapter
        var alias: String
        /// By rfkill.
        var isBlocked = false
        var faults = AdapterFaults()
        /// The discovery sessions by client, each with its filter.
        var discoveries: [String: DiscoveryFilter] = [:]
        /// Filters set, by client; they count from the client's next `StartDiscovery` on.
        var filters: [String: DiscoveryFilter] = [:]
        var discoveriesStarted = 0
        var discoveriesRefused = 0
        /// The GATT applications of clients, as each showed them when it registered.
        var applications: [ClientObject: ServedObjects] = [:]
        var advertisements: [ClientObject: SimulatedAdvertisement] = [:]
        var advertisementsRegistered = 0
        var readers: [String: SimulatedReader] = [:]

        var path: ObjectPath { World.path(ofAdapter: config.name) }
        var isDiscovering: Bool { !discoveries.isEmpty && !faults.ignoresDiscovery }
        /// The filters of all clients are merged.
        var tellsDuplicates: Bool { discoveries.values.contains(where: \.wantsDuplicates) }
    }

    struct Strap: Sendable {
        var config: SimulatedStrap
        var isInRange: Bool
        /// Connected but silent.
        var isFrozen = false
        /// Its broadcast; nil before its first measurement.
        var broadcast: PolarBroadcast?
        var faults = StrapFaults()
        /// Whether it remembers having been paired.
        var hasBond = false
        var pairingAttempts = 0
        var connectAttempts = 0
        var connections = 0
        var disconnections = 0
        var subscriptions = 0
        var reads = 0
        var energyResets = 0
        /// Successful calls of `RemoveDevice`.
        var removals = 0
        var measurementsSent = 0
    }

    /// A strap as one adapter knows it.
    struct Device: Sendable {
        let path: ObjectPath
        let adapter: String
        let address: String
        /// Vanishes some time after it was last seen; ends with the first `Connect`.
        var isTemporary = true
        var isPaired = false
        var isTrusted = false
        var alias: String?
        /// A call of `Connect` is under way.
        var isConnecting = false
        var isConnected = false
        var isResolved = false
        var services = GattServices.none
        /// The clients with a notify session on the Heart Rate Measurement.
        var subscribers: Set<String> = []
        /// Those whose subscription is taken up again when the link is back, as long as they are on the bus.
        var restingSubscribers: Set<String> = []
        var isSignalStrengthKnown = false
        /// The last value on the bus.
        var manufacturerData: [UInt16: [UInt8]] = [:]
    }

    static let root: ObjectPath = "/org/bluez"

    var adapters: [String: Adapter] = [:]
    var straps: [String: Strap] = [:]
    var devices: [ObjectPath: Device] = [:]
    /// Agents by client.
    var agents: [String: SimulatedAgent] = [:]
    /// The clients of the agents, the default one last.
    var agentOrder: [String] = []
    /// Devices that are not straps.
    var bystanders: [ObjectPath] = []
    var bystandersHeard = 0
    /// Methods called by clients.
    var calls = 0
    private var actions: [BusAction] = []

    mutating func act(_ action: BusAction) {
        actions.append(action)
    }

    /// The changes to show on the bus since the last time.
    mutating func takeActions() -> [BusAction] {
        defer { actions = [] }
        return actions
    }

    static func path(ofAdapter name: String) -> ObjectPath {
        guard let path = root.appending(name) else { preconditionFailure("\(name) is no name of an adapter") }
        return path
    }

    static func path(ofDevice address: String, on adapter: String) -> ObjectPath {
        let element = "dev_" + address.split(separator: ":").joined(separator: "_")
        guard let path = path(ofAdapter: adapter).appending(element) else {
            preconditionFailure("\(address) is no Bluetooth address")
        }
        return path
    }

    /// The adapter's device of a connected strap.
    func connectedDevice(of address: String) -> Device? {
        devices.values.first { $0.address == address && $0.isConnected }
    }

    /// Whether others can receive the strap's advertisements: a connected strap sends none.
    func isAdvertising(_ address: String) -> Bool {
        straps[address]?.isInRange == true && connectedDevice(of: address) == nil
    }

    /// Whether a device is being received at present; if not, a temporary one is soon forgotten.
    func isBeingSeen(_ device: Device) -> Bool {
        adapters[device.adapter]?.isDiscovering == true && isAdvertising(device.address)
    }

    private static func status(of adapter: Adapter) -> SimulatorStatus.Adapter {
        SimulatorStatus.Adapter(
            isPowered: adapter.config.isPowered, isDiscovering: adapter.isDiscovering,
            discoveriesStarted: adapter.discoveriesStarted, discoveriesRefused: adapter.discoveriesRefused,
            applications: adapter.applications.count,
            advertisements: adapter.advertisements.sorted { $0.key < $1.key }.map(\.value),
            advertisementsRegistered: adapter.advertisementsRegistered, readers: adapter.readers)
    }

    var status: SimulatorStatus {
        SimulatorStatus(
            calls: calls,
            adapters: adapters.mapValues(Self.status(of:)),
            agents: agentOrder.compactMap { agents[$0]?.capability },
            straps: straps.mapValues { strap in
                let device = connectedDevice(of: strap.config.address)
                let known = devices.values.filter { $0.address == strap.config.address }
                return .init(
                    isInRange: strap.isInRange, isConnected: device != nil,
                    subscribers: device?.subscribers.count ?? 0, connectAttempts: strap.connectAttempts,
                    connections: strap.connections, disconnections: strap.disconnections,
                    subscriptions: strap.subscriptions, measurementsSent: strap.measurementsSent,
                    reads: strap.reads, energyResets: strap.energyResets,
                    isPaired: known.contains(where: \.isPaired), isTrusted: known.contains(where: \.isTrusted),
                    pairingAttempts: strap.pairingAttempts, removals: strap.removals)
            })
    }
}

/// What the ``World`` wants shown on the bus.
enum BusAction: Sendable, Hashable {
    case export(ObjectPath, interfaces: [String: [String: BusValue]])
    /// All interfaces for nil.
    case unexport(ObjectPath, interfaces: [String]? = nil)
    case update(ObjectPath, interface: String, [String: BusValue], removing: [String] = [])
}
