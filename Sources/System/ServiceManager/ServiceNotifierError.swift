/// The service manager could not be told something.
public struct ServiceNotifierError: Error, Equatable, CustomStringConvertible {
    /// The system's own words.
    public let reason: String

    public var description: String { "the service manager could not be told: \(reason)" }
}
