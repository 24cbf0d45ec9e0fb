import ArgumentParser
import Files
import FoundationEssentials
import UploaderConfiguration
import UploaderStatus

/// Which outbox is meant: the one of a configuration, a file, or the one of the uploader that runs.
struct OutboxLocation: ParsableArguments {
    @OptionGroup var configuration: OptionalConfigurationOption
    @Option(
        name: .customLong("outbox"), help: ArgumentHelp("The outbox file.", valueName: "file"), completion: .file())
    var file: String?

    func validate() throws {
        if configuration.path != nil, file != nil { throw ValidationError("Give --config or --outbox, not both.") }
    }

    /// The path of the outbox: as given, else of the configuration, else of the uploader that runs.
    func path() async throws -> String {
        if let file { return file }
        if let configured = try configuration.configuration()?.outbox?.path { return configured }
        // A terminal does not have the environment of the service, which says where its outbox is.
        let own = StateDirectory.path(environment: ProcessInfo.processInfo.environment) + "/outbox.sqlite"
        for candidate in StatusSocketPath.candidates(outbox: own, environment: ProcessInfo.processInfo.environment) {
            if let report = try? await StatusClient().ask(at: candidate) { return report.outbox.path }
        }
        return own
    }
}
