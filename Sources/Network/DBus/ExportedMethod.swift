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
