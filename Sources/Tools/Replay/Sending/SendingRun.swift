package import Delivery
import FoundationEssentials
import Glibc
import HeartRate
import Logging
package import Outbox
import ServiceLifecycle
import ServiceManager
import Timing
import UnixSignals

/// Sends readings as the uploader does: through a temporary outbox of their own, with the same order,
/// limits, waits and repetitions.
package struct SendingRun {
    /// How long a stop may take. Readings not sent by then are reported.
    private static let stopLimit: Duration = .seconds(5)
    /// The number of rejections that are reported with their reason.
    private static let toldRefusals = 3

    package struct NoFolder: Error, CustomStringConvertible {
        package let code: Int32

        package init(code: Int32) {
            self.code = code
        }

        package var description: String {
            "cannot make a folder in \(SendingRun.folderForFiles): \(String(cString: strerror(code))). Set TMPDIR to a "
                + "folder that this user can write to."
        }
    }

    package let targets: [SendingTarget]
    /// How many readings of each strap there are, where that is known: else those count that their time has come for.
    package var totals: [String: Int]?
    /// Called for each accepted reading.
    package let show: @Sendable (Reading) -> Void

    package init(targets: [SendingTarget], totals: [String: Int]? = nil, show: @escaping @Sendable (Reading) -> Void) {
        self.targets = targets
        self.totals = totals
        self.show = show
    }

    /// Returns when all is sent, or after SIGINT or SIGTERM.
    /// - Throws: ``TokenRejectionMonitor/Rejected`` where a token is not taken, `OutboxError`, ``NoFolder``.
    package func run(_ feed: any Sequence<TimedReading> & Sendable) async throws -> SendingResult {
        let folder = try Self.makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let time = TrustedTime()
        let logger = ProgramLog.logger(level: .warning)
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
        let feeder = ReadingFeeder(feed: feed, lanes: lanes, outbox: outbox, tally: tally, time: time)
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: outbox), .init(service: ConcurrentServices(services: deliveries)),
                .init(service: TokenRejectionMonitor(tally: tally), successTerminationBehavior: .ignore),
                .init(service: feeder, successTerminationBehavior: .gracefullyShutdownGroup),
            ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopLimit
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch is CancellationError {
            // The result counts the readings that were not sent in time.
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
        // mkdtemp(3) replaces the six letters with a unique text.
        var template = Array((folderForFiles + "/strapline-XXXXXX").utf8CString)
        // The pointer that it returns is good for the call alone.
        guard mkdtemp(&template) != nil else { throw NoFolder(code: errno) }
        return template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }
}

/// Where the readings of a strap are sent, and how fast at most.
package struct SendingTarget: Sendable {
    package let lane: Lane
    package let destination: any Destination
    /// Shared by all that use the same token; nil for no limit.
    let rateLimiter: RateLimiter?

    package init(lane: Lane, destination: any Destination, rateLimiter: RateLimiter?) {
        self.lane = lane
        self.destination = destination
        self.rateLimiter = rateLimiter
    }
}

/// What became of everything that was to be sent.
package struct SendingResult: Sendable, Equatable {
    package struct LaneResult: Sendable, Equatable {
        /// Readings that the service has accepted: each once, however often it was sent.
        package var accepted = 0
        /// Readings that it refused for good.
        package var refused = 0
        /// Readings that it had no time for.
        package var unsent = 0
    }

    package var lanes: [Lane: LaneResult] = [:]
    /// Some of the refusals, in the service's words.
    var reasons: [String] = []

    package var accepted: Int { lanes.values.reduce(0) { $0 + $1.accepted } }
    package var refused: Int { lanes.values.reduce(0) { $0 + $1.refused } }
    package var unsent: Int { lanes.values.reduce(0) { $0 + $1.unsent } }
}

/// Services that start and stop side by side; a `ServiceGroup` would stop one after the other, each with its own wait.
struct ConcurrentServices: Service {
    let services: [any Service]

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services {
                group.addTask { try await service.run() }
            }
            try await group.waitForAll()
        }
    }
}

/// The kernel's clocks, believed as they are: readings that are sent again, or made up, have the time that they have.
struct TrustedTime: TimeSource {
    private let kernel = KernelTime()

    var bootID: String { kernel.bootID }
    func now() -> Moment { kernel.now() }
    func isWallClockTrusted() -> Bool { true }
}
