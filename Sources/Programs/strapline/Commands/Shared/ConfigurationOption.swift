import ArgumentParser
import Console
import UploaderConfiguration

struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .customLong("config"), help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
    var path: String

    /// The configuration; a mistake in it is told, and ends the program.
    func read() throws -> Configuration { try telling { try ConfigurationFile.read(path) } }

    /// What the uploader does that runs with it; a mistake is told, and ends the program.
    func plan() throws -> UploadPlan { try telling { try UploadPlan(ofServiceAt: path) } }

    private func telling<Result>(_ read: () throws -> Result) throws -> Result {
        do {
            return try read()
        } catch let error as ConfigurationError {
            StandardStream.error.print("\(error)")
            throw ExitCode.wrongConfiguration
        }
    }
}
