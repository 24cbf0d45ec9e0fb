/// A method call to send with ``Bus/call(_:timeout:)``. ``RemoteObject`` makes calls shorter.
public struct MethodCall: Sendable, Hashable {
    /// A well-known name such as `org.bluez`, or a unique name such as `:1.5`. The call does not start the service.
    public var destination: String
    /// The called object.
    public var path: ObjectPath
    /// The interface of the method.
    public var interface: String
    /// The name of the method.
    public var member: String
    /// The arguments.
    public var arguments: [BusValue]

    /// Makes a call.
    public init(
        destination: String, path: ObjectPath, interface: String, member: String, arguments: [BusValue] = []
    ) {
        self.destination = destination
        self.path = path
        self.interface = interface
        self.member = member
        self.arguments = arguments
    }

    /// A call to the bus itself.
    static func bus(_ member: String, _ arguments: [BusValue] = []) -> MethodCall {
        MethodCall(
            destination: BusName.bus, path: BusName.busPath, interface: BusName.bus, member: member,
            arguments: arguments)
    }
}
