/// One strap's way to one destination. Each lane has a cursor of its own in the outbox, so none delays another.
package struct Lane: Sendable, Hashable, CustomStringConvertible {
    /// The strap's name in the configuration.
    package var strap: String
    /// The destination's name in the configuration.
    package var destination: String

    package init(strap: String, destination: String) {
        self.strap = strap
        self.destination = destination
    }

    package var description: String { "\(strap) -> \(destination)" }
}
