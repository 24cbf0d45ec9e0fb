import Destinations
import Timing
import Tokens
import WebClient

/// `kind: webhook`: a `POST` of JSON for each heart rate, and when there is none.
struct WebhookKind: OutputKind {
    static let probeLimit: Duration = .seconds(10)

    let name = "webhook"
    let title = "Webhook"
    let options = WebhookSettings.options

    func summary(of settings: OutputSettings) -> String {
        guard let own = try? WebhookSettings(settings.options) else { return "calls of an address" }
        let pace = own.interval > .zero ? ", at most one each \(own.interval.components.seconds) s" : ""
        let secrets = [
            own.token.map { "with \($0)" }, own.headers.map { "with \($0)" }, own.secret.map { _ in "signed" },
        ]
        return (["calls of \(own.address.shown)\(pace)"] + secrets.compactMap(\.self)).joined(separator: ", ")
    }

    func furtherMistake(in values: OptionValues, showsSeveral: Bool) -> OptionMistake? {
        do throws(WebhookMistake) {
            _ = try WebhookSettings(values)
            return nil
        } catch {
            return OptionMistake(key: error.key, message: error.message)
        }
    }

    func problems(with settings: OutputSettings) -> [String] {
        guard let own = try? WebhookSettings(settings.options) else { return [] }
        var problems = [own.token, own.secret].compactMap(\.self).flatMap { source -> [String] in
            do throws(TokenError) {
                _ = try source.read()
                return [source.warning].compactMap(\.self)
            } catch {
                return ["\(error)"]
            }
        }
        guard let headers = own.headers else { return problems }
        do throws(SecretHeaders.Problem) {
            let names = try headers.read().map { $0.name.lowercased() }
            if own.token != nil, names.contains("authorization") {
                problems.append("\(headers) has Authorization, which the token sets too. Remove one of them.")
            }
            return problems + [headers.warning].compactMap(\.self)
        } catch {
            return problems + [error.description]
        }
    }

    func warnings(about settings: OutputSettings) -> [String] {
        guard let own = try? WebhookSettings(settings.options), own.hasSecretHeader else { return [] }
        return [own.address.encryptionWarning].compactMap(\.self)
    }

    func output(_ settings: OutputSettings, _ context: OutputContext) throws -> any Output {
        try WebhookOutput(try WebhookSettings(settings.options), context)
    }

    /// Whether the server answers. It gets no heart rate and no secret.
    func probe(_ settings: OutputSettings, _ context: OutputContext) async -> OutputProbeAnswer {
        do {
            let own = try WebhookSettings(settings.options)
            let client = WebClient(
                limits: context.webLimits ?? WebClientLimits(), network: context.network, thread: context.thread)
            try await withTimeout(Self.probeLimit, clock: context.clock) {
                _ = try await client.send(to: RequestTemplate(.get, resource: own.address))
            }
            return .works("\(own.address.shown) answers")
        } catch {
            return .broken("\(error)", remedy: "check the network and the address")
        }
    }
}
