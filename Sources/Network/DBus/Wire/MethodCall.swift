/// A method call to make: whom, what, and with which arguments.
public struct MethodCall: Sendable, Hashable {
    /// A well-known name such as `org.bluez`, or a unique one such as `:1.5`. The bus is not asked to start the service.
    public var destination: String
    public var path: ObjectPath
    public var interface: String
    public var member: String
    public var arguments: [BusValue]

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
