import ArgumentParser
import Console
import Files
import FoundationEssentials
import Logging
import Outbox
import ServiceLifecycle
import ServiceManager
import Timing
import Tokens
import Uploader
import UploaderConfiguration
import UploaderStatus
import WebClient

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Take heart rate from straps and deliver every reading.",
        discussion:
            """
            Runs until SIGTERM or Ctrl-C. What is not delivered by then waits in the outbox for the next start.

            SIGHUP lets it read the configuration again: what has changed is applied, the links of straps that are the same \
            stay. A file with a mistake is told, and the old configuration goes on.
            """)

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        let configuration = try file.configuration()
        let level = SharedLogLevel(configuration.logLevel)
        let limiter = LogRateLimiter(.allLines, time: KernelTime())
        let logger = ProgramLog.logger(sharing: level, limiter: limiter)
        defer { limiter.flush() }
        do {
            let plan = try UploadPlan(configuration)
            let socket = StatusSocketPath.path(
                outbox: plan.outboxPath, environment: ProcessInfo.processInfo.environment)
            let warnings =
                plan.targets.compactMap(\.token.warning) + plan.encryptionWarnings
                + [PrivateMode.writeWarning(file.path), PrivateMode.folderWarning(socket)].compactMap(\.self)
            for warning in warnings { logger.warning("\(warning)") }
            try await UploaderService(
                plan, level: level, limiter: limiter, version: Strapline.version, logger: logger
            ) { [path = file.path] in
                try ConfigurationFile.read(path)
            }.run()
        } catch is CancellationError {
            logger.notice(
                "stopped before all was done: what is not delivered waits in the outbox",
                metadata: ["after": "\(UploaderService.stopLimit)"])
        } catch let error as OutboxError {
            throw CommandError("\(error)", .cannotCreate)
        }
    }
}
