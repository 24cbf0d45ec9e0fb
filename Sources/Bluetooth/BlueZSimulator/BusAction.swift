import DBus

/// What the ``World`` wants shown on the bus.
enum BusAction: Sendable, Hashable {
    case export(ObjectPath, interfaces: [String: [String: BusValue]])
    /// All interfaces for nil.
    case unexport(ObjectPath, interfaces: [String]? = nil)
    case update(ObjectPath, interface: String, [String: BusValue], removing: [String] = [])
}
