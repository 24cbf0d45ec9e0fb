import Tokens

/// The options of `service: http`, with their defaults.
struct HTTPSettings {
    static let body = "body"
    static let headersFile = "headers_file"
    static let requestsPerSecond = "requests_per_second"
    static let batchReadings = "batch_readings"
    static let batchSeconds = "batch_seconds"

    static let options = [
        DestinationOption(body, .text, prompt: "A template of the JSON (Enter for the usual one):"),
        DestinationOption(headersFile, .text, prompt: "A file with secret headers (Enter for none):"),
        DestinationOption(requestsPerSecond, .limit(0.001...1_000_000)),
        DestinationOption(batchReadings, .integer(1...5000)),
        DestinationOption(batchSeconds, .integer(0...3600)),
    ]

    let template: JSONTemplate
    let headers: SecretHeaders?
    /// Nil for no limit.
    let requestsPerSecond: Double?
    /// The most readings in one request, as a list. Nil for one reading in each request.
    let batchReadings: Int?
    let linger: Duration

    init(_ options: OptionValues) throws(JSONTemplate.Problem) {
        template = try JSONTemplate(options.text(Self.body) ?? JSONTemplate.standard)
        headers = options.text(Self.headersFile).map { SecretHeaders(path: $0) }
        let limit = options.number(Self.requestsPerSecond) ?? 0
        requestsPerSecond = limit == 0 ? nil : limit
        batchReadings = options.integer(Self.batchReadings)
        linger = .seconds(options.integer(Self.batchSeconds) ?? 0)
    }
}
