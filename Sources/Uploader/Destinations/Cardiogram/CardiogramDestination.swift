import CardiogramAPI
package import Delivery
import FoundationEssentials
package import Outbox
package import Timing
package import Tokens
package import WebClient

/// Delivers readings to Cardiogram, or to a hub that speaks its API: batches of beats in each `POST
/// /heart/oauth/users/{userId}/beats` (Cardiogram Connect, "Posting CardiogramBeats"). See ``CardiogramResponse`` for
/// what each answer means, and ``CardiogramBeats`` for how readings become beats.
package struct CardiogramDestination: Destination {
    /// No limit is published. Some minutes of readings in about ten kilobytes are a polite size.
    package static let beatsPerRequest = 500
    /// How long a beat waits for others. Cardiogram analyses; it shows nothing live.
    package static let linger = Duration.seconds(30)
    /// No limit is published. Two requests keep the connection busy while a backlog drains.
    package static let requestsInFlight = 2

    package let name: String
    package let limits: DestinationLimits
    private let endpoint: RequestTemplate
    private let token: TokenSource
    private let client: WebClient
    private let time: any TimeSource

    /// `userID` is the user's number or name at Cardiogram. The token must belong to this user.
    ///
    /// - Throws: ``ServiceAddressError`` where `service` cannot be used.
    package init(
        name: String, service: ServiceAddress, userID: String, token: TokenSource, client: WebClient,
        beatsPerRequest: Int = beatsPerRequest, linger: Duration = linger, time: any TimeSource = KernelTime()
    ) throws(ServiceAddressError) {
        self.name = name
        // The readings of a second become one beat and must not be parted.
        self.limits = DestinationLimits(
            readingsPerRequest: beatsPerRequest, requestsInFlight: Self.requestsInFlight, requestsPerSecond: nil,
            linger: linger, keepTogetherMilliseconds: 1000)
        self.endpoint = try RequestTemplate(
            .post, service, path: CardiogramPath.beats(userID: ServiceAddress.percentEncoded(userID)))
        self.token = token
        self.client = client
        self.time = time
    }

    /// Sends the readings. The token is read each time, so that a replaced token takes effect at once.
    package func deliver(_ readings: [Reading]) async -> DeliveryOutcome {
        let beats = CardiogramBeats.beats(of: readings)
        if beats.isEmpty { return .accepted }
        do {
            let secret = try token.read()
            let headers = [
                (CardiogramPath.authenticationHeader, secret.bearer), ("Authorization", secret.bearer),
            ]
            let body = String(decoding: try JSONEncoder().encode(BeatsRequest(beats: beats)), as: UTF8.self)
            let response = try await client.send(to: endpoint, headers: headers, body: body)
            return CardiogramResponse(response, from: endpoint.service, token: secret, kept: token).outcome(time)
        } catch let error as TokenError {
            return .pause(reason: error.description)
        } catch let error as WebError {
            return .tryLater(after: nil, reason: error.description)
        } catch {
            return .refused(reason: "The readings cannot be written as JSON: \(error)")
        }
    }
}
