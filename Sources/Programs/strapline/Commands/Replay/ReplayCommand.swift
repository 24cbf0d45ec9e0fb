import ArgumentParser
import Console
import Delivery
import HeartRate
import Logging
import Outbox
import Pulsoid
import PulsoidAPI
import Replay
import ServiceManager
import Timing
import Tokens
import Uploader
import UploaderConfiguration
import WebClient

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send a history again that strapline outbox export wrote.",
        discussion: """
            FILE is CSV or JSON lines, - is stdin. It is read whole first: of a file with a mistake nothing is sent. Without \
            --speed readings go as fast as the service takes them, with the times at which they were measured: a hub stores one \
            that it has already no second time, so that a gap is filled and nothing else changes. With --as-now they are \
            measured anew, at the pace at which they came.

              strapline outbox export --config strapline.yaml --since 2026-11-24 > day.csv
              strapline replay day.csv --config strapline.yaml --destination pulsoid
              strapline replay day.csv --strap chest --address http://127.0.0.1:8080 --token-file anna.token
              strapline replay day.csv --strap chest --as-now --speed 10 --address http://127.0.0.1:8080 \\
                --token-file test.token

            With --config each strap's readings go to its destinations, Cardiogram's too; else those of one strap to the user of \
            Pulsoid, or of a hub, whose token is given (scope \(PulsoidScope.heartRateWrite.rawValue)).

            Ends with 0 when all was accepted, with 65 when the file has a mistake or some was refused, with 75 when some was \
            not sent in time.
            """)

    @Argument(help: "The history.", completion: .file(extensions: ["csv", "jsonl", "json"])) var file: String
    @OptionGroup var configuration: OptionalConfigurationOption
    @OptionGroup var lanes: LaneOptions
    @Option(help: ArgumentHelp("The address of Pulsoid, or of a hub.", valueName: "url")) var address: String?
    @Option(help: ArgumentHelp("A file that holds the token.", valueName: "path"), completion: .file())
    var tokenFile: String?
    @Option(
        help: ArgumentHelp(
            "At most so many requests a second; 0 for no limit, for a hub of one's own.", valueName: "number"))
    var requestsPerSecond: Double?
    @Option(
        help: ArgumentHelp("A file of certificates (PEM) to trust beside the system's.", valueName: "path"),
        completion: .file())
    var caFile: String?
    @Option(help: ArgumentHelp("So many times faster than they came; 1 is the original pace.", valueName: "number"))
    var speed: Double?
    @Flag(help: "Measure them anew when they are sent, at --speed 1 unless told.") var asNow = false
    @Flag(help: "Print the total alone.") var quiet = false
    @Flag(help: "Print a JSON object a line.") var json = false

    func validate() throws {
        if let speed, !(0.001...1_000_000).contains(speed) {
            throw ValidationError("--speed must be from 0.001 to 1000000.")
        }
        let single: [Any?] = [address, tokenFile, requestsPerSecond, caFile]
        if configuration.path != nil, single.contains(where: { $0 != nil }) {
            throw ValidationError("--config says where to and how fast: leave the other options for that out.")
        }
        if configuration.path == nil, address == nil || tokenFile == nil {
            throw ValidationError("Give --config, or --address and --token-file.")
        }
        if configuration.path == nil, lanes.destination != nil {
            throw ValidationError("--destination goes with --config.")
        }
        if let requestsPerSecond, !(requestsPerSecond == 0 || (0.01...10_000).contains(requestsPerSecond)) {
            throw ValidationError("--requests-per-second must be 0, or from 0.01 to 10000.")
        }
    }

    func run() async throws {
        let recorded = try RecordedHistory.read(file).readings
        let screen = SendingScreen(isJSON: json, isQuiet: quiet)
        let plan = try plan(recorded)
        if plan.omitted > 0 {
            StandardStream.error.print(
                "strapline: \(plan.omitted) of the readings are no heart rate, and are not sent")
        }
        let feed = ReplayFeed(plan.readings, speed: speed ?? (asNow ? 1 : nil), isAsNow: asNow)
        let result = try await SendingRun(targets: plan.targets, totals: plan.totals, show: screen.show).run(feed)
        try screen.end(result)
    }

    private func plan(_ recorded: [RecordedReading]) throws -> ReplayPlan {
        guard let plan = try configuration.plan() else {
            return try ReplayPlan(recorded, strap: lanes.strap, to: try destination())
        }
        var factory = try DeliveryFactory(plan, time: KernelTime(), logger: ProgramLog.logger(level: .warning))
        return try ReplayPlan(recorded, selection: lanes.selection, plan: plan, factory: &factory)
    }

    private func destination() throws -> PulsoidDestination {
        let certificates = try caFile.map { try ExtraCertificates(file: $0) }
        let limit = requestsPerSecond ?? PulsoidDestination.publicRequestsPerSecond
        return try PulsoidDestination(
            name: "pulsoid", service: ServiceAddress(address ?? ""),
            tokens: TokenKeeper(source: .file(path: tokenFile ?? "")),
            client: WebClient(network: NetworkSettings(certificates: certificates)),
            requestsPerSecond: limit == 0 ? nil : limit)
    }
}
