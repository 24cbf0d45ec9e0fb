import Delivery
import Tokens
import WebClient

/// `service: http`: any address that takes a `POST` of JSON.
struct HTTPKind: DestinationKind {
    let name = "http"
    let title = "HTTP"
    let addressRule = AddressRule.resource
    let options = HTTPSettings.options
    let tokenRule = TokenRule.optional
    let tokenGuide = TokenGuide()

    func summary(of settings: DestinationSettings) -> String {
        guard let own = try? HTTPSettings(settings.options) else { return "readings as JSON" }
        let readings =
            own.batchReadings.map { most in
                "lists of up to \(most) readings as JSON"
                    + (own.linger == .zero ? "" : ", or after \(own.linger.components.seconds) s")
            } ?? "each reading as JSON"
        let pace = own.requestsPerSecond.map { ", at most \($0) requests a second" } ?? ""
        return readings + pace + (own.headers.map { ", with \($0)" } ?? "")
    }

    func furtherMistake(in values: OptionValues) -> OptionMistake? {
        if values.integer(HTTPSettings.batchSeconds) != nil, values.integer(HTTPSettings.batchReadings) == nil {
            return OptionMistake(
                key: HTTPSettings.batchSeconds, message: "`batch_seconds` is of no use without `batch_readings`")
        }
        do throws(JSONTemplate.Problem) {
            _ = try HTTPSettings(values)
            return nil
        } catch {
            return OptionMistake(key: HTTPSettings.body, message: "`body` \(error.description)")
        }
    }

    func fileProblems(_ settings: DestinationSettings) -> [String] {
        guard let path = settings.options.text(HTTPSettings.headersFile) else { return [] }
        let file = SecretHeaders(path: path)
        do throws(SecretHeaders.Problem) {
            let names = try file.read().map { $0.name.lowercased() }
            let clash =
                settings.token != nil && names.contains("authorization")
                ? "\(file) has Authorization, which the token sets too. Remove one of them." : nil
            return [clash, file.warning].compactMap(\.self)
        } catch {
            return [error.description]
        }
    }

    func namesDevice(_ options: OptionValues) -> Bool {
        (try? HTTPSettings(options).template.namesDevice) ?? false
    }

    func addressesOfSecrets(_ settings: DestinationSettings) throws -> [ServiceAddress] {
        let hasSecret = settings.token != nil || settings.options.text(HTTPSettings.headersFile) != nil
        return hasSecret ? [try settings.requiredAddress()] : []
    }

    func factory(service: OptionValues, _ context: DestinationContext) throws -> any DestinationFactory {
        HTTPFactory(context: context)
    }

    /// Whether the server answers. It gets no reading, no token and no header of the file.
    func probe(
        _ settings: DestinationSettings, isTokenReadable: Bool, _ context: DestinationContext
    ) async throws -> ProbeAnswer {
        _ = try await context.client.send(to: RequestTemplate(.get, resource: settings.requiredAddress()))
        return .reachable
    }
}

private struct HTTPFactory: DestinationFactory {
    let context: DestinationContext

    func destination(_ settings: DestinationSettings) throws -> any Destination {
        try HTTPDestination(settings, context)
    }
}
