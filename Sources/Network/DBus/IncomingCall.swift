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
