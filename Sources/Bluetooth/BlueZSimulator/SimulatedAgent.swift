import DBus

/// An `Agent1` that a client has registered.
struct SimulatedAgent: Sendable, Hashable {
    var client: String
    var path: ObjectPath
    var capability: String

    /// Whether a person can be asked through it.
    var hasKeyboardAndDisplay: Bool { ["KeyboardDisplay", ""].contains(capability) }
}
