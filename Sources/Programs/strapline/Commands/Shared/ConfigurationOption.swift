import ArgumentParser
import UploaderConfiguration

/// The configuration file, for a command that needs one.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .customLong("config"), help: "The configuration file of the uploader.",
        completion: .file(extensions: ["yaml", "yml"]))
    var path: String

    func configuration() throws(ConfigurationError) -> Configuration { try ConfigurationFile.read(path) }

    /// The plan of the uploader that runs with this file.
    func plan() throws -> UploadPlan { try UploadPlan(ofServiceAt: path) }
}

/// The configuration file, for a command that works without one too.
struct OptionalConfigurationOption: ParsableArguments {
    @Option(
        name: .customLong("config"), help: "The configuration file of the uploader.",
        completion: .file(extensions: ["yaml", "yml"]))
    var path: String?

    func configuration() throws(ConfigurationError) -> Configuration? {
        guard let path else { return nil }
        return try ConfigurationFile.read(path)
    }

    /// The plan of the uploader that runs with this file.
    func plan() throws -> UploadPlan? { try path.map { try UploadPlan(ofServiceAt: $0) } }
}
