import ArgumentParser
import Console
import Files
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
        if let configured = try self.configured() { return configured }
        // A terminal does not have the environment of the service, which says where its outbox is.
        let own = StateDirectory.path(environment: ProcessInfo.processInfo.environment) + "/outbox.sqlite"
        for candidate in StatusSocketPath.candidates(outbox: own, environment: ProcessInfo.processInfo.environment) {
            if let report = try? await StatusClient().ask(at: candidate) { return report.outbox.path }
        }
        return own
    }

    /// The path in the configuration. A mistake in a file that the command line does not name changes nothing.
    private func configured() throws -> String? {
        guard let path = configuration.optionalPath() else { return nil }
        do throws(ConfigurationError) {
            return try ConfigurationFile.read(path).outbox?.path
        } catch {
            guard configuration.named == nil else { throw error }
            StandardStream.error.print(["\(error)"])
            return nil
        }
    }
}
