import ArgumentParser
import BlueZ
import Console
import EventThread
import Files
import FoundationEssentials
import Logging
import Outbox
import ServiceLifecycle
import ServiceManager
import Setup
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
        discussion: """
            Runs until SIGTERM or Ctrl-C. Undelivered readings wait in the outbox for the next start.

            SIGHUP reloads the configuration. Changes take effect, and unchanged straps stay connected. If the file \
            has a mistake, the mistake is logged, and the old configuration stays.
            """)

    @OptionGroup var file: ConfigurationFileOptions

    func run() async throws {
        let path = try file.path()
        let configuration = try ConfigurationFile.read(path)
        let level = SharedLogLevel(configuration.logLevel)
        let limiter = LogRateLimiter(.allLines, time: KernelTime())
        let logger = ProgramLog.logger(sharing: level, limiter: limiter)
        defer { limiter.flush() }
        do {
            let plan = try UploadPlan(configuration)
            let socket = StatusSocketPath.path(
                outbox: plan.outboxPath, environment: ProcessInfo.processInfo.environment)
            let warnings =
                plan.targets.compactMap(\.token?.warning) + plan.encryptionWarnings + plan.outputWarnings
                + [PrivateMode.writeWarning(path), PrivateMode.folderWarning(socket)].compactMap(\.self)
            for warning in warnings { logger.warning("\(warning)") }
            try await UploaderService(
                plan, level: level, limiter: limiter, version: StraplineVersion.current,
                advice: .strapline, strapAdvice: StrapAdvice.command, on: .shared, logger: logger,
                live: HeartbeatLine.screen
            ) {
                try ConfigurationFile.read(path)
            }.run()
        } catch is CancellationError {
            logger.notice(
                "stopped early: undelivered readings wait in the outbox",
                metadata: ["after": "\(UploaderService.stopLimit)"])
        } catch let error as OutboxError {
            throw CommandError("\(error)", .cannotCreate)
        }
    }
}
