/// Offering objects to peers.
extension Bus {
    /// Gives the object at `path` the interface `org.freedesktop.DBus.ObjectManager`: it tells of all objects below.
    public func exportObjectManager(at path: ObjectPath) {
        exports.addManager(at: path)
    }

    /// Offers an object, or adds interfaces to one; every object manager above signals `InterfacesAdded`.
    public func export(_ interfaces: [ExportedInterface], at path: ObjectPath) throws {
        for interface in interfaces { try interface.validate() }
        exports.add(interfaces, at: path)
        let added = ExportedObjects.interfacesAndProperties(interfaces)
        try signalManagers(above: path, "InterfacesAdded", [.objectPath(path), added])
    }

    /// Takes interfaces back, or the whole object for nil; every object manager above signals `InterfacesRemoved`.
    public func unexport(_ interfaces: [String]? = nil, at path: ObjectPath) throws {
        let removed = exports.remove(interfaces, at: path)
        guard !removed.isEmpty else { return }
        try signalManagers(above: path, "InterfacesRemoved", [.objectPath(path), .strings(removed)])
    }

    /// Changes properties of an exported object and signals `PropertiesChanged`, also for equal values. The
    /// properties named in `removing` the object no longer has; they are signalled as invalidated. Whoever changes much
    /// calls ``waitForRoom()`` in between.
    public func update(
        _ values: [String: BusValue], of interface: String, at path: ObjectPath, removing names: [String] = []
    ) throws {
        for value in values.values { try value.validate() }
        guard exports.update(values, removing: names, of: interface, at: path) else {
            throw BusError.invalidArgument("no interface \(interface) is exported at \(path)")
        }
        let changed: [BusValue] = [.string(interface), .properties(values), .strings(names)]
        try send(
            .signal(
                Signal(path: path, interface: BusName.properties, member: "PropertiesChanged", arguments: changed)))
    }

    /// The present value of a property of an exported object.
    public func exportedProperty(_ name: String, of interface: String, at path: ObjectPath) -> BusValue? {
        exports[path, interface]?.properties[name]
    }

    private func signalManagers(above path: ObjectPath, _ member: String, _ arguments: [BusValue]) throws(BusError) {
        for manager in exports.managers(above: path) {
            try send(
                .signal(
                    Signal(path: manager, interface: BusName.objectManager, member: member, arguments: arguments)))
        }
    }
}
