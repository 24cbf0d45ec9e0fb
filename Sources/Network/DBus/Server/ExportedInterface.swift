import CDBus

/// An interface of an exported object: its methods, its signals, and the present values of its properties.
///
/// Peers read it with `Introspect`. See ``Bus/export(_:at:)``.
public struct ExportedInterface: Sendable {
    /// The name, such as `org.example.Greeter`.
    public var name: String
    /// The methods that peers may call.
    public var methods: [ExportedMethod]
    /// The signals, for `Introspect` only.
    public var signals: [ExportedSignal]
    /// The present values of the properties. ``Bus/update(_:of:at:removing:)`` changes and signals them.
    public var properties: [String: BusValue]
    /// The handlers of the properties that peers may set.
    public var setters: [String: PropertySetter]

    /// Makes an interface. All parts but the name may be left out.
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

/// Handles a request to set a property. The value has the right type.
///
/// Accept with ``Bus/update(_:of:at:removing:)``, or throw a ``BusError`` to refuse.
public typealias PropertySetter = @Sendable (IncomingCall, BusValue) async throws -> Void

extension ExportedInterface {
    func validate() throws(BusError) {
        try BusName.check(name, by: dbus_validate_interface, as: "interface name")
        for value in properties.values { try value.validate() }
    }
}

/// A method of an ``ExportedInterface``.
public struct ExportedMethod: Sendable {
    /// The name, such as `Greet`.
    public var name: String
    /// The types of the arguments. A call with other types is answered with `InvalidArgs`.
    public var input: Signature
    /// The types of the values in the reply.
    public var output: Signature
    /// Returns the values of the reply. A thrown ``BusError`` becomes an error reply with its name and text, any other
    /// error becomes `org.freedesktop.DBus.Error.Failed`.
    public var handler: @Sendable (IncomingCall) async throws -> [BusValue]

    /// Makes a method, such as `ExportedMethod("Greet", input: "s", output: "s") { call in call.arguments }`.
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

/// A signal of an ``ExportedInterface``, for `Introspect`.
public struct ExportedSignal: Sendable {
    /// The name, such as `Greeted`.
    public var name: String
    /// The types of its arguments.
    public var arguments: Signature

    /// Makes a signal's description.
    public init(_ name: String, arguments: Signature = "") {
        self.name = name
        self.arguments = arguments
    }
}

/// A method call of a peer.
public struct IncomingCall: Sendable {
    /// The unique name of the caller.
    public var sender: String
    /// The called object.
    public var path: ObjectPath
    /// The interface of the method; empty if the caller gave none.
    public var interface: String
    /// The name of the method.
    public var member: String
    /// The arguments.
    public var arguments: [BusValue]
}
