import Delivery
import Timing
import Tokens
import WebClient

/// `service: influxdb`: InfluxDB 1, 2 or 3, or VictoriaMetrics.
struct InfluxKind: DestinationKind {
    let name = "influxdb"
    let title = "InfluxDB"
    let options = InfluxSettings.options
    let tokenRule = TokenRule.optional
    let tokenGuide = TokenGuide(form: "InfluxDB 1 has user:password; InfluxDB 2 and 3 have a token.")

    func summary(of settings: DestinationSettings) -> String {
        guard let own = try? InfluxSettings(settings.options) else { return "readings as points" }
        let name = own.measurement == InfluxSettings.standardMeasurement ? "" : " named \(own.measurement)"
        return "points\(name) in the \(own.target.description), up to \(own.batchReadings) in a request"
            + (own.linger == .zero ? "" : " or after \(own.linger.components.seconds) s")
    }

    func furtherMistake(in values: OptionValues) -> OptionMistake? {
        do throws(OptionMistake) {
            _ = try InfluxSettings(values)
            return nil
        } catch {
            return error
        }
    }

    /// There is a database or a bucket.
    func asks(for option: DestinationOption, after answers: OptionValues) -> Bool {
        let isOfBucket = option.key == InfluxSettings.org || option.key == InfluxSettings.bucket
        return !isOfBucket || answers.text(InfluxSettings.database) == nil
    }

    func namesDevice(_ options: OptionValues) -> Bool { true }

    /// A heart rate is worth protecting without a token too.
    func addressesOfSecrets(_ settings: DestinationSettings) throws -> [ServiceAddress] {
        [try settings.requiredAddress()]
    }

    func encryptionWarning(of address: ServiceAddress, hasToken: Bool) -> String? {
        address.encryptionWarning(
            hasToken: hasToken, fix: "To encrypt, give the server a certificate and write https://.")
    }

    func factory(service: OptionValues, _ context: DestinationContext) throws -> any DestinationFactory {
        InfluxFactory(context: context)
    }

    /// Writes no line, which checks the token and the database. Without a readable token it asks whether the server
    /// answers.
    func probe(
        _ settings: DestinationSettings, isTokenReadable: Bool, _ context: DestinationContext
    ) async throws -> ProbeAnswer {
        let address = try settings.requiredAddress()
        guard settings.token == nil || isTokenReadable else {
            _ = try await context.client.send(to: RequestTemplate(.get, address, path: "/ping"))
            return .reachable
        }
        let call = try InfluxCall(InfluxSettings(settings.options).target, at: address)
        let secret = try settings.token?.read()
        let response = try await call.send([], token: secret, with: context.client)
        switch InfluxResponse(response, to: call, token: secret, kept: settings.token).outcome(context.time) {
        // InfluxDB 2 rejects an empty request when all the rest is right.
        case .accepted, .refused:
            return secret == nil ? .reachable : .validated(expiresInSeconds: .max, scopes: [], missingScope: nil)
        case .pause(let reason):
            let isToken = secret != nil && response.responseClass(context.time) == .notAuthorised
            return .refused(isToken ? .notAuthorised : .wrongSetting, description: reason)
        case .tryLater(_, let reason): return .unreachable(reason)
        }
    }
}

private struct InfluxFactory: DestinationFactory {
    let context: DestinationContext

    func destination(_ settings: DestinationSettings) throws -> any Destination {
        try InfluxDestination(settings, context)
    }
}
