// Exported objects.

extension Bus {
    /// Adds the interface `org.freedesktop.DBus.ObjectManager` to the object at `path`. It lists all objects below.
    ///
    /// [Specification](https://dbus.freedesktop.org/doc/dbus-specification.html#standard-interfaces-objectmanager)
    public func exportObjectManager(at path: ObjectPath) {
        exports.addManager(at: path)
    }

    /// Exports an object, or adds interfaces to an exported one. Each object manager above signals `InterfacesAdded`.
    ///
    /// ```swift
    /// let greeter = ExportedInterface(
    ///     "org.example.Greeter",
    ///     methods: [ExportedMethod("Greet", input: "s", output: "s") { call in call.arguments }])
    /// try await bus.export([greeter], at: "/org/example/greeter")
    /// ```
    ///
    /// - Throws: ``BusError`` if a name or a property's value is not valid.
    public func export(_ interfaces: [ExportedInterface], at path: ObjectPath) throws {
        for interface in interfaces { try interface.validate() }
        exports.add(interfaces, at: path)
        let added = ExportedObjects.interfacesAndProperties(interfaces)
        try signalManagers(above: path, "InterfacesAdded", [.objectPath(path), added])
    }

    /// Removes interfaces of an exported object, or the whole object for nil. Each object manager above signals
    /// `InterfacesRemoved`.
    public func unexport(_ interfaces: [String]? = nil, at path: ObjectPath) throws {
        let removed = exports.remove(interfaces, at: path)
        guard !removed.isEmpty else { return }
        try signalManagers(above: path, "InterfacesRemoved", [.objectPath(path), .strings(removed)])
    }

    /// Changes properties of an exported object and signals `PropertiesChanged`, also for equal values.
    ///
    /// The properties in `removing` are deleted and signalled as invalidated. Call ``waitForSpace()`` between many
    /// updates.
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

    private func signalManagers(above path: ObjectPath, _ member: String, _ arguments: [BusValue]) throws(BusError) {
        for manager in exports.managers(above: path) {
            try send(
                .signal(
                    Signal(path: manager, interface: BusName.objectManager, member: member, arguments: arguments)))
        }
    }
}
