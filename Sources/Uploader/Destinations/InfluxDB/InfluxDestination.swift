import Delivery
import Outbox
import Timing
import Tokens
import WebClient

/// Writes readings as points, one request at a time. A point that is written again replaces itself.
struct InfluxDestination: Destination {
    let name: String
    let limits: DestinationLimits
    private let call: InfluxCall
    private let lines: LineProtocol
    private let token: TokenSource?
    private let client: WebClient
    private let time: any TimeSource

    init(_ settings: DestinationSettings, _ context: DestinationContext) throws {
        let own = try InfluxSettings(settings.options)
        name = settings.name
        limits = DestinationLimits(
            readingsPerRequest: own.batchReadings, requestsInFlight: 1, requestsPerSecond: nil, linger: own.linger)
        call = try InfluxCall(own.target, at: settings.requiredAddress())
        lines = LineProtocol(measurement: own.measurement, device: settings.device ?? "")
        token = settings.token
        client = context.client
        time = context.time
    }

    /// Sends the readings. The token is read each time, so that a replaced token takes effect at once.
    func deliver(_ readings: [Reading]) async -> DeliveryOutcome {
        do {
            let secret = try token?.read()
            let response = try await call.send(lines.body(of: readings), token: secret, with: client)
            return InfluxResponse(response, to: call, token: secret, kept: token).outcome(time)
        } catch let error as TokenError {
            return .pause(reason: error.description)
        } catch {
            return .tryLater(after: nil, reason: "\(error)")
        }
    }
}
