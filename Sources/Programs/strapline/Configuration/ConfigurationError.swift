/// A mistake in the configuration file: where it is, what it is, and what to write instead.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    let path: String
    let line: Int?
    let message: String

    var description: String {
        let place = line.map { "\(path):\($0)" } ?? path
        return "\(place): \(message)"
    }
}
