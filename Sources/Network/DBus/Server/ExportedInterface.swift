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

/// A method that we offer.
public struct ExportedMethod: Sendable {
    public var name: String
    /// The types of the arguments; a call with others is answered with `InvalidArgs` before the handler sees it.
    public var input: Signature
    /// The types of the values in the reply.
    public var output: Signature
    /// Returns the values of the reply. A thrown ``BusError`` is answered with its name and text, anything else with
    /// `org.freedesktop.DBus.Error.Failed`.
    public var handler: @Sendable (IncomingCall) async throws -> [BusValue]

    public init(
        _ name: String, input: Signature = "", output: Signature = "",
        handler: @escaping @Sendable (IncomingCall) async throws -> [BusValue]
    ) {
        self.name = name
        self.input = input
        self.output = output
        self.handler = handler
    }
}

/// A signal that we may send, as `Introspect` tells of it.
public struct ExportedSignal: Sendable {
    public var name: String
    public var arguments: Signature

    public init(_ name: String, arguments: Signature = "") {
        self.name = name
        self.arguments = arguments
    }
}

/// A method call that a peer has made.
public struct IncomingCall: Sendable {
    /// The unique name of the caller.
    public var sender: String
    public var path: ObjectPath
    /// Empty when the caller has not named one.
    public var interface: String
    public var member: String
    public var arguments: [BusValue]
}
