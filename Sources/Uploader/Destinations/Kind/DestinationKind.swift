package import Delivery
package import Logging
package import Timing
package import Tokens
package import WebClient

/// A service that takes heart rates, as the configuration, the plan, the doctor and the setup see it.
///
/// To add a service, add a folder beside this one with a type that conforms to this protocol, and one line to
/// ``DestinationKinds``. The rest of the program knows services through this protocol only.
package protocol DestinationKind: Sendable {
    /// The value of `service:`, and the key of the service's section below `services:`.
    var name: String { get }
    /// The service's name for people: `Pulsoid`.
    var title: String { get }
    /// The address that is used when the configuration has none. Nil if the configuration must have one.
    var publicAddress: String? { get }
    /// The keys of a destination that this service has beside those of every destination.
    var options: [DestinationOption] { get }
    /// The keys of the section below `services:`, beside `address`.
    var serviceOptions: [DestinationOption] { get }
    /// Whether a destination needs a token.
    var needsToken: Bool { get }
    /// Whether a token is renewed with its refresh token.
    var renewsTokens: Bool { get }
    /// How a user gets a token.
    var tokenGuide: TokenGuide { get }

    /// How readings are sent, in a few words: `each reading, at most 20.0 requests a second`.
    func summary(of settings: DestinationSettings) -> String

    /// The first mistake that the options themselves cannot find.
    func furtherMistake(in values: OptionValues) -> OptionMistake?

    /// Makes the destinations of one plan. `service` holds the values of ``serviceOptions``.
    func factory(service: OptionValues, _ context: DestinationContext) throws -> any DestinationFactory

    /// Asks the service whether it answers and, with a readable token, whether it takes the token.
    /// - Throws: `WebError` if there is no answer.
    func probe(
        _ settings: DestinationSettings, isTokenReadable: Bool, _ context: DestinationContext
    ) async throws -> ProbeAnswer
}

extension DestinationKind {
    package var publicAddress: String? { nil }
    package var options: [DestinationOption] { [] }
    package var serviceOptions: [DestinationOption] { [] }
    package var needsToken: Bool { true }
    package var renewsTokens: Bool { false }

    package func furtherMistake(in values: OptionValues) -> OptionMistake? { nil }

    /// The first mistake in the values of a destination, in the order of the options.
    package func firstMistake(in values: OptionValues) -> OptionMistake? {
        if let foreign = values.keys.sorted().first(where: { key in !options.contains { $0.key == key } }) {
            return OptionMistake(key: foreign, message: "`\(foreign)` is not an option of \(title)")
        }
        return firstMistake(in: values, of: options) ?? furtherMistake(in: values)
    }

    /// The first mistake in the values of the section below `services:`.
    package func firstMistake(inService values: OptionValues) -> OptionMistake? {
        firstMistake(in: values, of: serviceOptions)
    }

    private func firstMistake(in values: OptionValues, of options: [DestinationOption]) -> OptionMistake? {
        for option in options {
            if let value = values[option.key] {
                if let message = option.problem(with: value) { return OptionMistake(key: option.key, message: message) }
            } else if option.isRequired {
                return OptionMistake(key: nil, message: "\(title) needs the `\(option.key)`")
            }
        }
        return nil
    }
}

/// Makes destinations, and keeps what they share: one token provider for each token, for example.
package protocol DestinationFactory: Sendable {
    /// - Throws: `ServiceAddressError`.
    mutating func destination(_ settings: DestinationSettings) throws -> any Destination
}

/// What all destinations of a program use.
package struct DestinationContext: Sendable {
    package let client: WebClient
    package let network: NetworkSettings
    package let time: any TimeSource
    package let logger: Logger
    /// What a user does about a token that cannot be renewed.
    package let advice: RenewalAdvice

    package init(
        client: WebClient, network: NetworkSettings = NetworkSettings(), time: any TimeSource = KernelTime(),
        logger: Logger, advice: RenewalAdvice = RenewalAdvice()
    ) {
        self.client = client
        self.network = network
        self.time = time
        self.logger = logger
        self.advice = advice
    }
}

/// How a user gets a token, for `setup`.
package struct TokenGuide: Sendable, Equatable {
    /// The page where a user makes one. Nil if there is none.
    package var page: String?
    /// The scope that a token must have.
    package var scope: String?
    /// Whether a user can confirm a code on a phone instead (RFC 8628).
    package var hasDeviceLogin: Bool
    /// Whether ``DestinationKind/probe(_:isTokenReadable:_:)`` checks the token.
    package var isChecked: Bool

    package init(page: String? = nil, scope: String? = nil, hasDeviceLogin: Bool = false, isChecked: Bool = false) {
        self.page = page
        self.scope = scope
        self.hasDeviceLogin = hasDeviceLogin
        self.isChecked = isChecked
    }
}
