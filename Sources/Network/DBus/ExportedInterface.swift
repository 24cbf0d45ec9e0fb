import CDBus

/// An interface of an object that we offer: its methods, its signals, and the present values of its properties.
public struct ExportedInterface: Sendable {
    public var name: String
    public var methods: [ExportedMethod]
    public var signals: [ExportedSignal]
    /// The present values. ``Bus/update(_:of:at:removing:)`` changes and signals them.
    public var properties: [String: BusValue]
    /// The properties that peers may set, each with what to do when one does.
    public var setters: [String: PropertySetter]

    public init(
        _ name: String, methods: [ExportedMethod] = [], signals: [ExportedSignal] = [],
        properties: [String: BusValue] = [:], setters: [String: PropertySetter] = [:]
    ) {
        self.name = name
        self.methods = methods
        self.signals = signals
        self.properties = properties
        self.setters = setters
    }
}

/// Called when a peer sets a property to a value of the right type. It accepts by calling
/// ``Bus/update(_:of:at:removing:)``, or throws a ``BusError`` to refuse.
public typealias PropertySetter = @Sendable (IncomingCall, BusValue) async throws -> Void

extension ExportedInterface {
    func validate() throws(BusError) {
        try BusName.check(name, by: dbus_validate_interface, as: "interface name")
        for value in properties.values { try value.validate() }
    }
}
