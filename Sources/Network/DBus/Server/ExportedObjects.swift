/// All exported objects, as a value without I/O.
struct ExportedObjects: Sendable {
    private(set) var objects: [ObjectPath: [String: ExportedInterface]] = [:]
    /// The objects with `org.freedesktop.DBus.ObjectManager`.
    private(set) var managers: Set<ObjectPath> = []

    subscript(path: ObjectPath, interface: String) -> ExportedInterface? {
        objects[path]?[interface]
    }

    mutating func addManager(at path: ObjectPath) {
        managers.insert(path)
    }

    mutating func add(_ interfaces: [ExportedInterface], at path: ObjectPath) {
        for interface in interfaces { objects[path, default: [:]][interface.name] = interface }
    }

    /// Removes these interfaces, or the whole object for nil. Returns the names of the removed interfaces.
    mutating func remove(_ interfaces: [String]?, at path: ObjectPath) -> [String] {
        let removed = (interfaces ?? objects[path].map { Array($0.keys) } ?? []).filter { self[path, $0] != nil }
        for name in removed { objects[path]?[name] = nil }
        if objects[path]?.isEmpty == true { objects[path] = nil }
        return removed.sorted()
    }

    /// Stores new values of properties. False if there is no such interface.
    mutating func update(
        _ values: [String: BusValue], removing names: [String], of interface: String, at path: ObjectPath
    ) -> Bool {
        guard self[path, interface] != nil else { return false }
        for (name, value) in values { objects[path]?[interface]?.properties[name] = value }
        for name in names { objects[path]?[interface]?.properties[name] = nil }
        return true
    }

    /// The object managers at `path` and above.
    func managers(above path: ObjectPath) -> [ObjectPath] {
        managers.filter { path == $0 || path.isBelow($0) }
    }

    /// Whether an object is at `path` or below it.
    func exists(_ path: ObjectPath) -> Bool {
        objects[path] != nil || managers.contains(path) || !children(of: path).isEmpty
    }

    /// The names of the elements right below `path`.
    func children(of path: ObjectPath) -> [String] {
        let prefix = path.string == "/" ? "/" : path.string + "/"
        let names = (Array(objects.keys) + managers).filter { $0.isBelow(path) }.compactMap {
            $0.string.dropFirst(prefix.count).split(separator: "/").first.map(String.init)
        }
        return Set(names).sorted()
    }

    /// The reply to `GetManagedObjects` (`a{oa{sa{sv}}}`).
    func managedObjects(below manager: ObjectPath) -> BusValue {
        var entries: [BusValue: BusValue] = [:]
        for (path, interfaces) in objects where path.isBelow(manager) {
            entries[.objectPath(path)] = Self.interfacesAndProperties(Array(interfaces.values))
        }
        return .dictionary(key: "o", value: "a{sa{sv}}", entries)
    }

    /// Names and properties of interfaces (`a{sa{sv}}`).
    static func interfacesAndProperties(_ interfaces: [ExportedInterface]) -> BusValue {
        var entries: [BusValue: BusValue] = [:]
        for interface in interfaces { entries[.string(interface.name)] = .properties(interface.properties) }
        return .dictionary(key: "s", value: "a{sv}", entries)
    }
}
