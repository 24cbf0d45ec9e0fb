import ArgumentParser
import Console
import Delivery
import EventThread
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
        abstract: "Send an exported history again.",
        discussion: """
            FILE is CSV or JSON lines from `strapline outbox export`, or - for stdin. It is read completely first: a \
            file with a mistake is not sent at all. Without --speed, readings are sent as fast as the service takes \
            them, with their original times. A hub stores no reading twice, so this fills gaps and changes nothing \
            else. With --as-now the readings get new times, at their original pace.

              strapline export --since yesterday --output day.csv
              strapline replay day.csv --destination pulsoid
              strapline replay day.csv --address http://127.0.0.1:8080 --token-file t
              strapline replay day.csv --as-now --speed 10

            The readings of each strap go to its destinations in the configuration, Cardiogram included. With \
            --address the readings of one strap go to the user of the token at Pulsoid or a hub (scope \
            \(PulsoidScope.heartRateWrite.rawValue)).

            Exits 0 if all were accepted, 65 if the file has a mistake or a reading was rejected, 75 if some were \
            not sent in time.
            """)

    @Argument(help: "The file with the history.", completion: .file(extensions: ["csv", "jsonl", "json"])) var file:
        String
    @OptionGroup var configuration: ConfigurationOption
    @OptionGroup var lanes: LaneOptions
    @Option(help: ArgumentHelp("The address of Pulsoid, or of a hub.", valueName: "url")) var address: String?
    @Option(help: ArgumentHelp("The file of the token.", valueName: "path"), completion: .file())
    var tokenFile: String?
    @Option(
        help: ArgumentHelp(
            "The most requests per second; 0 for no limit, for your own hub.", valueName: "number"))
    var requestsPerSecond: Double?
    @Option(
        help: ArgumentHelp(
            "A file of certificates (PEM) to trust in addition to those of the system.", valueName: "path"),
        completion: .file())
    var caFile: String?
    @Option(help: ArgumentHelp("The factor of the original pace; 1 is the original pace.", valueName: "number"))
    var speed: Double?
    @Flag(help: "Give the readings new times when they are sent (default: --speed 1).") var asNow = false
    @Flag(help: "Print only the total.") var quiet = false
    @Flag(help: "Print one JSON object per line.") var json = false

    func validate() throws {
        if let speed, !(0.001...1_000_000).contains(speed) {
            throw ValidationError("--speed must be from 0.001 to 1000000.")
        }
        let single: [Any?] = [address, tokenFile, requestsPerSecond, caFile]
        if configuration.named != nil, single.contains(where: { $0 != nil }) {
            throw ValidationError("--config says where to and how fast: leave the other options for that out.")
        }
        if (address == nil) != (tokenFile == nil) { throw ValidationError("Give both --address and --token-file.") }
        if address == nil, requestsPerSecond != nil || caFile != nil {
            throw ValidationError("--requests-per-second and --ca-file go with --address.")
        }
        if address != nil, lanes.destination != nil { throw ValidationError("--destination goes with --config.") }
        if let requestsPerSecond, !(requestsPerSecond == 0 || (0.01...10_000).contains(requestsPerSecond)) {
            throw ValidationError("--requests-per-second must be 0, or from 0.01 to 10000.")
        }
    }

    func run() async throws {
        let recorded = try RecordedHistory.read(file).readings
        let plan = try plan(recorded)
        let screen = SendingScreen(isJSON: json, isQuiet: quiet, total: plan.count)
        defer { screen.clear() }
        if plan.omitted > 0 {
            StandardStream.error.print(
                "strapline: \(plan.omitted) of the readings are no heart rate, and are not sent")
        }
        let feed = ReplayFeed(plan.readings, speed: speed ?? (asNow ? 1 : nil), isAsNow: asNow)
        let result = try await SendingRun(targets: plan.targets, totals: plan.totals, show: screen.show).run(feed)
        try screen.end(result)
    }

    private func plan(_ recorded: [RecordedReading]) throws -> ReplayPlan {
        guard address == nil else {
            return try ReplayPlan(recorded, strap: lanes.strap, to: try destination())
        }
        let plan = try UploadPlan(ofServiceAt: configuration.path())
        var factory = try DeliveryFactory(
            plan, advice: .strapline, on: .shared, time: KernelTime(), logger: ProgramLog.logger(level: .warning))
        return try ReplayPlan(recorded, selection: lanes.selection, plan: plan, factory: &factory)
    }

    private func destination() throws -> PulsoidDestination {
        let certificates = try caFile.map { try ExtraCertificates(file: $0) }
        let limit = requestsPerSecond ?? PulsoidDestination.publicRequestsPerSecond
        return try PulsoidDestination(
            name: "pulsoid", service: ServiceAddress(address ?? ""),
            tokens: TokenProvider(source: .file(path: tokenFile ?? "")),
            client: WebClient(network: NetworkSettings(certificates: certificates)),
            requestsPerSecond: limit == 0 ? nil : limit)
    }
}
