/// Thrown for a text that is not the address of a service.
public struct ServiceAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was given.
    public let address: String
    /// What is wrong with it, as the end of a sentence about it.
    public let problem: String

    init(_ address: String, _ problem: String) {
        self.address = address
        self.problem = problem
    }

    public var description: String {
        "The address \"\(address)\" \(problem). Write it like https://dev.pulsoid.net or http://192.168.1.7:8080."
    }
}
