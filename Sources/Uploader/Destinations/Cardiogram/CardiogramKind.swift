import CardiogramAPI
import Delivery
import Tokens
import WebClient

/// `service: cardiogram`: Cardiogram, or a hub of your own.
struct CardiogramKind: DestinationKind {
    static let userID = "user_id"
    static let batchBeats = "batch_beats"
    static let batchSeconds = "batch_seconds"

    let name = "cardiogram"
    let title = "Cardiogram"
    let addressRule = AddressRule.service(standard: CardiogramPath.publicBaseURL)
    let options = [
        DestinationOption(userID, .text, isRequired: true, prompt: "The user id at Cardiogram:"),
        DestinationOption(batchBeats, .integer(1...10_000)),
        DestinationOption(batchSeconds, .integer(0...3600)),
    ]
    let userRule = UserRule.option(userID)
    let tokenGuide = TokenGuide(scope: "cardiogram:beats:write")

    func summary(of settings: DestinationSettings) -> String {
        let values = Values(settings.options)
        return "user \(values.userID), one beat a second in batches of \(values.beats) or "
            + "\(values.linger.components.seconds) s"
    }

    func factory(service: OptionValues, _ context: DestinationContext) throws -> any DestinationFactory {
        CardiogramFactory(context: context)
    }

    /// Cardiogram has no call that checks a token without writing beats.
    func probe(
        _ settings: DestinationSettings, isTokenReadable: Bool, _ context: DestinationContext
    ) async throws -> ProbeAnswer {
        let template = try RequestTemplate(
            .get, settings.requiredAddress(), path: CardiogramPath.beats(userID: "me"))
        _ = try await context.client.send(to: template)
        return .reachable
    }

    /// The options with their defaults.
    fileprivate struct Values {
        let userID: String
        let beats: Int
        let linger: Duration

        init(_ options: OptionValues) {
            userID = options.text(CardiogramKind.userID) ?? ""
            beats = options.integer(CardiogramKind.batchBeats) ?? CardiogramDestination.beatsPerRequest
            linger =
                options.integer(CardiogramKind.batchSeconds).map { .seconds($0) } ?? CardiogramDestination.linger
        }
    }
}

private struct CardiogramFactory: DestinationFactory {
    let context: DestinationContext

    func destination(_ settings: DestinationSettings) throws -> any Destination {
        let values = CardiogramKind.Values(settings.options)
        return try CardiogramDestination(
            name: settings.name, service: settings.requiredAddress(), userID: values.userID,
            token: settings.requiredToken(),
            client: context.client, beatsPerRequest: values.beats, linger: values.linger, time: context.time)
    }
}
