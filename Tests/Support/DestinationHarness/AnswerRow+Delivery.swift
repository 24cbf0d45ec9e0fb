package import Delivery
import HeartRate
import Outbox
package import TestKit
package import Tokens
package import WebClient

extension AnswerRow {
    /// Delivers a reading to the destination at an address that behaves as this row says.
    package func deliver(
        to destination:
            @Sendable (_ address: ServiceAddress, _ token: AccessToken, _ client: WebClient) throws ->
            any Destination
    ) async throws -> DeliveryOutcome {
        struct NoToken: Error {}
        guard let token = AccessToken("sesame") as AccessToken? else { throw NoToken() }
        var limits = WebClientLimits.patient
        // Only the row of silence ends by a limit.
        if case .silence = deed { limits.silenceTimeout = .seconds(1) }
        let client = WebClient(limits: limits)
        return try await meet { url in
            try await destination(ServiceAddress(url), token, client).deliver([
                Reading(
                    strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 75), measuredAtMilliseconds: 1,
                    bootMilliseconds: 1)
            ])
        }
    }
}
