/// A signal to send with ``Bus/emit(_:)``.
public struct Signal: Sendable, Hashable {
    /// The object that sends the signal.
    public var path: ObjectPath
    /// The interface of the signal.
    public var interface: String
    /// The name of the signal.
    public var member: String
    /// The arguments.
    public var arguments: [BusValue]
    /// The bus name of the receiver. Nil broadcasts the signal.
    public var destination: String?

    /// Makes a signal.
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
