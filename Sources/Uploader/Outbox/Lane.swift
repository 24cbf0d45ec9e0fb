/// One strap's way to one destination. Each lane has a cursor of its own in the outbox, so none delays another.
public struct Lane: Sendable, Hashable, CustomStringConvertible {
    /// The strap's name in the configuration.
    public var strap: String
    /// The destination's name in the configuration.
    public var destination: String

    public init(strap: String, destination: String) {
        self.strap = strap
        self.destination = destination
    }

    public var description: String { "\(strap) -> \(destination)" }
}
