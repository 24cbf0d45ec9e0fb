/// A signal that we may send, as `Introspect` tells of it.
public struct ExportedSignal: Sendable {
    public var name: String
    public var arguments: Signature

    public init(_ name: String, arguments: Signature = "") {
        self.name = name
        self.arguments = arguments
    }
}
