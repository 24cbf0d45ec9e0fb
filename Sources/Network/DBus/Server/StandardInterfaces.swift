/// The interfaces of every exported object
/// ([specification](https://dbus.freedesktop.org/doc/dbus-specification.html#standard-interfaces)), for `Introspect`.
/// ``ExportedObjects`` replies to their methods.
enum StandardInterfaces {
    static func all(isManager: Bool) -> [ExportedInterface] {
        [introspectable, peer, properties] + (isManager ? [objectManager] : [])
    }

    private static let introspectable = ExportedInterface(
        BusName.introspectable, methods: [described("Introspect", output: "s")])

    private static let peer = ExportedInterface(
        BusName.peer, methods: [described("Ping")])

    private static let properties = ExportedInterface(
        BusName.properties,
        methods: [
            described("Get", input: "ss", output: "v"), described("Set", input: "ssv"),
            described("GetAll", input: "s", output: "a{sv}"),
        ],
        signals: [ExportedSignal("PropertiesChanged", arguments: "sa{sv}as")])

    private static let objectManager = ExportedInterface(
        BusName.objectManager, methods: [described("GetManagedObjects", output: "a{oa{sa{sv}}}")],
        signals: [
            ExportedSignal("InterfacesAdded", arguments: "oa{sa{sv}}"),
            ExportedSignal("InterfacesRemoved", arguments: "oas"),
        ])

    /// The handler is never called: ``ExportedObjects`` replies first.
    private static func described(_ name: String, input: Signature = "", output: Signature = "") -> ExportedMethod {
        ExportedMethod(name, input: input, output: output) { _ in [] }
    }
}
