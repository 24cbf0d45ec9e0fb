/// A signal to send.
public struct Signal: Sendable, Hashable {
    public var path: ObjectPath
    public var interface: String
    public var member: String
    public var arguments: [BusValue]
    /// Nil to broadcast it to whoever has a match rule for it.
    public var destination: String?

    public init(
        path: ObjectPath, interface: String, member: String, arguments: [BusValue] = [], destination: String? = nil
    ) {
        self.path = path
        self.interface = interface
        self.member = member
        self.arguments = arguments
        self.destination = destination
    }
}
