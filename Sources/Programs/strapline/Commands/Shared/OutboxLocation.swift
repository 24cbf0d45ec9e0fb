import ArgumentParser
import Console
import Files
import FoundationEssentials
import Outbox
import UploaderConfiguration
import UploaderStatus

/// Which outbox is meant: the one of a configuration, a file, or the one of the uploader that runs.
struct OutboxLocation: ParsableArguments {
    @Option(
        name: .customLong("config"), help: "The uploader's configuration file; for one with an outbox of its own.",
        completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String?
    @Option(
        name: .customLong("outbox"), help: ArgumentHelp("The outbox itself.", valueName: "file"), completion: .file())
    var file: String?

    func validate() throws {
        if configuration != nil, file != nil { throw ValidationError("Give --config or --outbox, not both.") }
    }

    /// Lets `body` use the outbox; what stands in its way is told, and ends the program.
    func withPath<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        do {
            return try await body(try await path())
        } catch let error as OutboxError {
            StandardStream.error.print("strapline: \(error)")
            throw error.exitCode
        } catch let error as ConfigurationError {
            StandardStream.error.print("\(error)")
            throw ExitCode.wrongConfiguration
        }
    }

    private func path() async throws -> String {
        if let file { return file }
        if let configured = try configuration.map(ConfigurationFile.read)?.outbox?.path { return configured }
        // A terminal does not have the environment of the service, which says where its outbox is.
        let own = StateDirectory.path(environment: ProcessInfo.processInfo.environment) + "/outbox.sqlite"
        for candidate in StatusSocketPath.candidates(outbox: own, environment: ProcessInfo.processInfo.environment) {
            if let report = try? await StatusClient().ask(at: candidate) { return report.outbox.path }
        }
        return own
    }
}

extension OutboxError {
    var exitCode: ExitCode {
        switch code {
        case .missing: .noInput
        case .notAnOutbox, .newerSchema, .olderSchema, .damaged: .dataError
        case .notPermitted, .notWritable: .notPermitted
        case .inUse: .unavailable
        case .diskFull, .readOnlyDisk, .unsuitableDisk, .folderMissing: .cannotCreate
        case .undeclaredLane, .storageFailed, .vanished: .inputOutputError
        }
    }
}
