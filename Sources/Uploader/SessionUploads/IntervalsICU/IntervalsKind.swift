import Destinations
import Timing
import Tokens
import WebClient

/// `service: intervals.icu`, with the API key of an account.
struct IntervalsKind: SessionDestinationKind {
    let name = "intervals.icu"
    let title = "intervals.icu"
    let addressRule = AddressRule.service(standard: IntervalsAPI.standardAddress)
    let isAccount = true
    let tokenGuide: String? =
        "Make an API key at https://intervals.icu/settings, below Developer Settings."

    func summary(of settings: SessionDestinationSettings) -> String { "FIT files" }

    func destination(
        _ settings: SessionDestinationSettings, _ context: DestinationContext
    ) throws -> any SessionDestination {
        IntervalsDestination(try IntervalsAPI(settings, context))
    }

    func probe(_ settings: SessionDestinationSettings, _ context: DestinationContext) async throws -> ProbeAnswer {
        try await IntervalsAPI(settings, context).probe()
    }
}
