import Delivery
import FoundationEssentials
import Glibc
import Logging
import Outbox
import ServiceLifecycle
import UnixSignals

/// Sends readings just as the uploader does: through an outbox of their own, which is gone afterwards, with the same order,
/// limits, waits and repetitions.
struct SendingRun {
    /// How long a stop may take; what is not sent by then is told.
    private static let stopLimit: Duration = .seconds(5)
    /// So many of the refusals are told with their reason.
    private static let toldRefusals = 3

    struct NoFolder: Error, CustomStringConvertible {
        let code: Int32

        var description: String {
            "no folder can be made in \(SendingRun.folderForFiles): \(String(cString: strerror(code))). Set TMPDIR to one "
                + "that this user can write to."
        }
    }

    let targets: [SendingTarget]
    /// How many readings of each strap there are, where that is known: else those count that their time has come for.
    var totals: [String: Int]?
    /// Told of each reading that was accepted.
    let show: @Sendable (Reading) -> Void

    /// Returns when all is sent, or after SIGINT or SIGTERM.
    /// - Throws: ``RejectionWatch/Rejected`` where a token is not taken, `OutboxError`, ``NoFolder``.
    func run(_ feed: any Sequence<TimedReading> & Sendable) async throws -> SendingResult {
        let folder = try Self.makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let time = TrustedTime()
        let logger = Log.logger(level: .warning)
        let lanes = targets.map(\.lane)
        var options = OutboxOptions(durability: .processCrash)
        options.clockWait = .zero
        let outbox = try Outbox(
            path: folder + "/outbox.sqlite", lanes: lanes, options: options, time: time, logger: logger)
        let tally = SendingTally(show: show)
        let deliveries = targets.map { target in
            LaneDelivery(
                strap: target.lane.strap,
                to: TalliedDestination(base: target.destination, strap: target.lane.strap, tally: tally), from: outbox,
                rateLimiter: target.rateLimiter, time: time, logger: logger)
        }
        let feeder = Feeder(feed: feed, lanes: lanes, outbox: outbox, tally: tally, time: time)
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: outbox), .init(service: Together(services: deliveries)),
                .init(service: RejectionWatch(tally: tally), successTerminationBehavior: .ignore),
                .init(service: feeder, successTerminationBehavior: .gracefullyShutdownGroup),
            ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopLimit
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch is CancellationError {
            // What was not sent in time is told by the result.
        }
        return try await result(OutboxReader(path: outbox.path), tally)
    }

    private func result(_ reader: OutboxReader, _ tally: SendingTally) async throws -> SendingResult {
        var result = SendingResult()
        let (accepted, queued) = (await tally.accepted, await tally.queued)
        for lane in targets.map(\.lane) {
            let refused = try await reader.setAsideCount(
                of: LaneSelection(strap: lane.strap, destination: lane.destination))
            let (known, all) = (accepted[lane] ?? 0, (totals ?? queued)[lane.strap] ?? 0)
            result.lanes[lane] = SendingResult.LaneResult(
                accepted: known, refused: refused, unsent: max(0, all - known - refused))
        }
        result.reasons = try await reader.setAside(limit: Self.toldRefusals).map(\.reason)
        return result
    }

    private static var folderForFiles: String { ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp" }

    private static func makeFolder() throws -> String {
        var template = Array((folderForFiles + "/strapline-XXXXXX").utf8CString)
        // The pointer that it returns is good for the call alone.
        guard mkdtemp(&template) != nil else { throw NoFolder(code: errno) }
        return template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }
}
