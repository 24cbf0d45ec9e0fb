import Destinations
import Tokens
import WebClient

/// The options of `kind: webhook`, with their defaults.
struct WebhookSettings {
    static let address = "address"
    static let body = "body"
    static let tokenFile = "token_file"
    static let headersFile = "headers_file"
    static let secretFile = "secret_file"
    static let intervalSeconds = "interval_seconds"

    static let options = [
        DestinationOption(address, .text, isRequired: true, prompt: "The address, as https://example.net/path:"),
        DestinationOption(body, .text),
        DestinationOption(tokenFile, .text),
        DestinationOption(headersFile, .text),
        DestinationOption(secretFile, .text),
        DestinationOption(intervalSeconds, .integer(0...3600)),
    ]

    let address: ServiceAddress
    let template: WebhookTemplate
    let token: TokenSource?
    let headers: SecretHeaders?
    /// The key of the signature.
    let secret: TokenSource?
    /// Between two calls with a heart rate of one strap.
    let interval: Duration

    /// - Throws: the first option that is wrong.
    init(_ options: OptionValues) throws(WebhookMistake) {
        do throws(ServiceAddressError) {
            address = try ServiceAddress(resource: options.text(Self.address) ?? "")
        } catch {
            throw WebhookMistake(key: Self.address, message: error.description)
        }
        do throws(JSONPatternProblem) {
            template = try WebhookTemplate(options.text(Self.body) ?? WebhookTemplate.standard)
        } catch {
            throw WebhookMistake(key: Self.body, message: "`body` \(error.description)")
        }
        token = options.text(Self.tokenFile).map { .file(path: $0) }
        headers = options.text(Self.headersFile).map { SecretHeaders(path: $0) }
        secret = options.text(Self.secretFile).map { .file(path: $0) }
        interval = .seconds(options.integer(Self.intervalSeconds) ?? 0)
    }

    var hasSecretHeader: Bool { token != nil || headers != nil }
}

/// An option of a webhook that is wrong.
struct WebhookMistake: Error, CustomStringConvertible {
    let key: String
    let message: String

    var description: String { message }
}
