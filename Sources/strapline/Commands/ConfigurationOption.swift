import ArgumentParser

struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .customLong("config"), help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
    var path: String

    /// The configuration; a mistake in it is told, and ends the program.
    func read() throws -> Configuration {
        do {
            return try ConfigurationFile.read(path)
        } catch {
            StandardStream.error.print("\(error)")
            throw ExitCode.wrongConfiguration
        }
    }
}
