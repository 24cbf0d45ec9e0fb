import ArgumentParser
import Console
import FoundationEssentials
import UploaderConfiguration
import UploaderStatus

/// Which outbox is meant: the one of a configuration, a file, or the one of the uploader that runs.
struct OutboxLocation: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOption
    @Option(
        name: .customLong("outbox"), help: ArgumentHelp("The outbox file.", valueName: "file"), completion: .file())
    var file: String?

    func validate() throws {
        if configuration.named != nil, file != nil { throw ValidationError("Give --config or --outbox, not both.") }
    }

    /// The path of the outbox: as given, else of the configuration, else of the uploader that runs.
    func path() async throws -> String {
        if let file { return file }
        let usual = try self.usual()
        if usual.isNamed { return usual.path }
        // A terminal does not have the environment of the service, which says where its outbox is.
        let environment = ProcessInfo.processInfo.environment
        for candidate in StatusSocketPath.candidates(outbox: usual.path, environment: environment) {
            if let report = try? await StatusClient().ask(at: candidate) { return report.outbox.path }
        }
        return usual.path
    }

    /// The outbox of the configuration. A mistake in a file that the command line does not name changes nothing.
    private func usual() throws -> OutboxPath {
        let path = configuration.optionalPath()
        do throws(ConfigurationError) {
            return try OutboxPath(ofFile: path)
        } catch {
            guard configuration.named == nil else { throw error }
            StandardStream.error.print(["\(error)"])
            return OutboxPath(at: path.map { ServiceLayout(configuration: $0) })
        }
    }
}

/// The same for a command without other arguments: it takes the configuration file without `--config` too.
struct OutboxOfFile: ParsableArguments {
    @OptionGroup private var location: OutboxLocation
    @Argument(
        help: "The configuration file, in place of --config.", completion: .file(extensions: ["yaml", "yml"]))
    private var file: String?

    func validate() throws {
        guard let file else { return }
        guard ConfigurationOption.isFile(file) else {
            throw ValidationError("\(file) is no configuration file. A file to write to goes behind --output.")
        }
        if location.configuration.named != nil || location.file != nil {
            throw ValidationError("Name one file: \(file), --config or --outbox.")
        }
    }

    func path() async throws -> String {
        var place = location
        if let file { place.configuration.named = file }
        return try await place.path()
    }
}
