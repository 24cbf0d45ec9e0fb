/// The objects of a service at one moment: the content of an ``ObjectMirror``, as a value.
public struct MirroredObjects: Sendable, Hashable {
    /// Unwrapped properties by name, by interface, by path.
    public private(set) var interfaces: [ObjectPath: [String: [String: BusValue]]] = [:]

    /// No objects.
    public init() {}

    /// The paths of all objects, in order.
    public var paths: [ObjectPath] { interfaces.keys.sorted() }

    /// The paths of all objects with an interface, in order.
    public func paths(with interface: String) -> [ObjectPath] {
        interfaces.filter { $0.value[interface] != nil }.keys.sorted()
    }

    /// The properties of an interface of an object. Nil without this interface.
    public func properties(of interface: String, at path: ObjectPath) -> [String: BusValue]? {
        interfaces[path]?[interface]
    }

    /// The value of a property; nil without one.
    public func property(_ name: String, of interface: String, at path: ObjectPath) -> BusValue? {
        interfaces[path]?[interface]?[name]
    }

    mutating func add(_ added: [String: [String: BusValue]], at path: ObjectPath) -> [ObjectChange] {
        for (interface, properties) in added { interfaces[path, default: [:]][interface] = properties }
        return added.sorted { $0.key < $1.key }.map { .added(path, interface: $0.key, properties: $0.value) }
    }

    mutating func remove(_ removed: [String], at path: ObjectPath) -> [ObjectChange] {
        let present = removed.filter { interfaces[path]?[$0] != nil }
        for interface in present { interfaces[path]?[interface] = nil }
        if interfaces[path]?.isEmpty == true { interfaces[path] = nil }
        return present.map { .removed(path, interface: $0) }
    }

    mutating func change(
        _ values: [String: BusValue], invalidated: [String], of interface: String, at path: ObjectPath
    ) -> [ObjectChange] {
        guard interfaces[path]?[interface] != nil else { return [] }
        for (name, value) in values { interfaces[path]?[interface]?[name] = value }
        for name in invalidated { interfaces[path]?[interface]?[name] = nil }
        return [.changed(path, interface: interface, properties: values, invalidated: invalidated)]
    }
}

extension MessageReader {
    /// Reads the reply to `GetManagedObjects` (`a{oa{sa{sv}}}`).
    mutating func readManagedObjects(
        keeping kept: [String: KeptProperties] = [:]
    ) throws(BusError) -> [ObjectPath: [String: [String: BusValue]]] {
        var objects: [ObjectPath: [String: [String: BusValue]]] = [:]
        try readArray { (entries) throws(BusError) in
            try entries.readEntry { (entry) throws(BusError) in
                let path = try entry.readObjectPath()
                objects[path] = try entry.readInterfaces(keeping: kept)
            }
        }
        return objects
    }

    /// Reads interfaces with their properties (`a{sa{sv}}`).
    mutating func readInterfaces(
        keeping kept: [String: KeptProperties] = [:]
    ) throws(BusError) -> [String: [String: BusValue]] {
        var interfaces: [String: [String: BusValue]] = [:]
        try readArray { (entries) throws(BusError) in
            try entries.readEntry { (entry) throws(BusError) in
                let name = try entry.readString()
                interfaces[name] = try entry.readProperties(keeping: kept[name])
            }
        }
        return interfaces
    }
}
