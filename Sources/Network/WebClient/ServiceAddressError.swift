/// Thrown for a text that is not the address of a service.
package struct ServiceAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text that was given.
    package let address: String
    /// The problem, as the end of a sentence about the address.
    package let problem: String

    /// An example of an address.
    let example: String

    init(
        _ address: String, _ problem: String, example: String = "https://dev.pulsoid.net or http://192.168.1.7:8080"
    ) {
        self.address = address
        self.problem = problem
        self.example = example
    }

    package var description: String {
        "The address \"\(address)\" \(problem). Write it like \(example)."
    }
}
