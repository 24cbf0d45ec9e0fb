import ArgumentParser
import Console
import Delivery
import Outbox
import Pulsoid
import PulsoidAPI
import Replay
import Tokens
import WebClient

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Send simulated heart rates, for overlays and to try a server.",
        discussion: """
            Each token is a user with its own simulated heart. It sends as the uploader does: no faster than the \
            service allows, with retries. It ends after --for, after --readings, or with Ctrl-C, and reports how \
            many readings the service accepted.

              strapline simulate --address http://127.0.0.1:8080 --token-file anna.token
              strapline simulate --address http://127.0.0.1:8080 --token-file t --for 60s

            The token needs the scope \(PulsoidScope.heartRateWrite.rawValue). A real account keeps the readings in \
            its history: use a test account.

            Exits 0 if all were accepted, 65 if some were rejected, 75 if some were not sent in time.
            """)

    @Option(help: ArgumentHelp("The address of a hub, or of Pulsoid.", valueName: "url")) var address: String
    @Option(
        help: ArgumentHelp("The file of a user's token. Repeatable, one per user.", valueName: "path"),
        completion: .file())
    var tokenFile: [String]
    @Option(
        help: ArgumentHelp(
            "The activity of the users: \(SimulatedDay.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "day"))
    var day = SimulatedDay.workout
    @Option(help: ArgumentHelp("Equal seeds give equal hearts.", valueName: "number")) var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Readings per second, of each user.", valueName: "number")) var rate = 1.0
    @Option(name: .customLong("for"), help: ArgumentHelp("How long to run, for instance 60s or 2h.", valueName: "time"))
    var length: TimeSpan?
    @Option(help: ArgumentHelp("The number of readings, of each user.", valueName: "count")) var readings: Int?
    @Option(
        help: ArgumentHelp(
            "The most requests per second with each token; 0 for no limit, for your own hub.",
            valueName: "number"))
    var requestsPerSecond = PulsoidDestination.publicRequestsPerSecond
    @Option(
        help: ArgumentHelp(
            "A file of certificates (PEM) to trust in addition to those of the system.", valueName: "path"),
        completion: .file())
    var caFile: String?
    @Flag(help: "Print only the total.") var quiet = false
    @Flag(help: "Print one JSON object per line.") var json = false

    func validate() throws {
        if tokenFile.isEmpty { throw ValidationError("Give at least one --token-file.") }
        if !(0.001...1000).contains(rate) { throw ValidationError("--rate must be from 0.001 to 1000.") }
        if let readings, readings < 1 { throw ValidationError("--readings must be at least 1.") }
        if !(requestsPerSecond == 0 || (0.01...10_000).contains(requestsPerSecond)) {
            throw ValidationError("--requests-per-second must be 0, or from 0.01 to 10000.")
        }
    }

    func run() async throws {
        let screen = SendingScreen(isJSON: json, isQuiet: quiet, total: limit.map { $0 * tokenFile.count })
        defer { screen.clear() }
        let feed = SimulatedFeed(
            straps: tokenFile.indices.map { "user-\($0 + 1)" }, day: day, seed: seed, readingsPerSecond: rate,
            readingsPerStrap: limit)
        let result = try await SendingRun(targets: try targets(feed.straps), show: screen.show).run(feed)
        try screen.end(result)
    }

    /// The smaller of both limits.
    private var limit: Int? {
        let ofTime = length.map { max(1, Int((Double($0.duration.components.seconds) * rate).rounded(.up))) }
        return [ofTime, readings].compactMap { $0 }.min()
    }

    private func targets(_ straps: [String]) throws -> [SendingTarget] {
        let certificates = try caFile.map { try ExtraCertificates(file: $0) }
        var limits = WebClientLimits()
        limits.connections = max(limits.connections, min(2 * straps.count, 64))
        let client = WebClient(limits: limits, network: NetworkSettings(certificates: certificates))
        let limit = requestsPerSecond == 0 ? nil : requestsPerSecond
        return try zip(straps, tokenFile).map { strap, file in
            let destination = try PulsoidDestination(
                name: "pulsoid", service: ServiceAddress(address), tokens: TokenProvider(source: .file(path: file)),
                client: client, requestsPerSecond: limit)
            return SendingTarget(
                lane: Lane(strap: strap, destination: destination.name), destination: destination,
                rateLimiter: limit.map { RateLimiter(requestsPerSecond: $0) })
        }
    }
}
