package import Delivery
package import EventThread
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
    /// Which address a destination has.
    var addressRule: AddressRule { get }
    /// The keys of a destination that this service has beside those of every destination.
    var options: [DestinationOption] { get }
    /// The keys of the section below `services:`, beside `address`.
    var serviceOptions: [DestinationOption] { get }
    var tokenRule: TokenRule { get }
    /// How a user gets a token.
    var tokenGuide: TokenGuide { get }
    /// How a destination names the user at the service.
    var userRule: UserRule { get }
    /// Whether `verify` can read back delivered readings, over Pulsoid's API.
    var showsReadings: Bool { get }

    /// Whether `setup` asks for an option after these answers.
    func asks(for option: DestinationOption, after answers: OptionValues) -> Bool

    /// How readings are sent, in a few words: `each reading, at most 20.0 requests a second`.
    func summary(of settings: DestinationSettings) -> String

    /// The first mistake that the options themselves cannot find.
    func furtherMistake(in values: OptionValues) -> OptionMistake?

    /// Why the token cannot be used, as far as this machine can see. Nil if there is no problem.
    func tokenProblem(_ settings: DestinationSettings) -> String?

    /// Problems with the files that the options name.
    func fileProblems(_ settings: DestinationSettings) -> [String]

    /// Whether a destination with these options sends the strap's address or device name.
    func namesDevice(_ options: OptionValues) -> Bool

    /// The addresses to which secrets go.
    func addressesOfSecrets(_ settings: DestinationSettings) throws -> [ServiceAddress]

    /// A warning that others can read the data on the way to one of these addresses, with the fix. Nil with TLS and on
    /// this machine.
    func encryptionWarning(of address: ServiceAddress, hasToken: Bool) -> String?

    /// Makes the destinations of one plan. `service` holds the values of ``serviceOptions``.
    func factory(service: OptionValues, _ context: DestinationContext) throws -> any DestinationFactory

    /// Asks the service whether it answers and, with a readable token, whether it takes the token.
    /// - Throws: `WebError` if there is no answer.
    func probe(
        _ settings: DestinationSettings, isTokenReadable: Bool, _ context: DestinationContext
    ) async throws -> ProbeAnswer
}

extension DestinationKind {
    package var addressRule: AddressRule { .service(standard: nil) }
    package var options: [DestinationOption] { [] }
    package var serviceOptions: [DestinationOption] { [] }
    package var tokenRule: TokenRule { .required }
    package var userRule: UserRule { .none }
    package var showsReadings: Bool { false }

    package func asks(for option: DestinationOption, after answers: OptionValues) -> Bool { true }

    package func furtherMistake(in values: OptionValues) -> OptionMistake? { nil }

    package func tokenProblem(_ settings: DestinationSettings) -> String? { settings.unreadableToken }

    package func fileProblems(_ settings: DestinationSettings) -> [String] { [] }

    package func namesDevice(_ options: OptionValues) -> Bool { false }

    package func addressesOfSecrets(_ settings: DestinationSettings) throws -> [ServiceAddress] {
        settings.token == nil ? [] : [settings.address].compactMap(\.self)
    }

    package func encryptionWarning(of address: ServiceAddress, hasToken: Bool) -> String? { address.encryptionWarning }

    /// The address when the configuration has none.
    package var standardAddress: String? {
        if case .service(let standard) = addressRule { standard } else { nil }
    }

    /// Whether the configuration must have an address.
    package var needsAddress: Bool { addressRule != .none && standardAddress == nil }

    /// Reads an address of the configuration.
    package func address(_ text: String) throws(ServiceAddressError) -> ServiceAddress {
        let address = try addressRule == .resource ? ServiceAddress(resource: text) : ServiceAddress(text)
        if let standard = standardAddress, let api = try? ServiceAddress(standard) {
            let host = address.host.lowercased()
            let site = host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
            if api.host.hasSuffix(".\(site)") { throw ServiceAddressError(website: text, api: standard) }
        }
        return address
    }

    /// Every mistake in the values of a destination, in the order of the options.
    package func mistakes(in values: OptionValues) -> [OptionMistake] {
        let foreign = values.keys.sorted().filter { key in !options.contains { $0.key == key } }.map { key in
            OptionMistake(key: key, message: "`\(key)` is not an option of \(title)")
        }
        return foreign + options.mistakes(in: values, of: title) { furtherMistake(in: $0) }
    }

    package func firstMistake(in values: OptionValues) -> OptionMistake? { mistakes(in: values).first }

    /// Every mistake in the values of the section below `services:`.
    package func mistakes(inService values: OptionValues) -> [OptionMistake] {
        serviceOptions.mistakes(in: values, of: title)
    }
}

/// Which address the destinations of a kind have.
package enum AddressRule: Sendable, Equatable {
    /// A service's address, to which paths are added. `standard` is used when the configuration has none.
    case service(standard: String?)
    /// The whole address of one resource, perhaps with a query.
    case resource
    /// None: the destination is on this machine.
    case none
}

/// Whether the destinations of a kind have a token.
package enum TokenRule: Sendable, Equatable {
    case required, optional, none
}

/// How the destinations of a kind name the user whose readings they send.
package enum UserRule: Sendable, Equatable {
    /// By the token alone.
    case token
    /// By the value of an option.
    case option(String)
    /// It is not known.
    case none
}

/// Makes destinations, and keeps what they share: one token provider for each token, for example.
package protocol DestinationFactory: Sendable {
    /// - Throws: `ServiceAddressError`, ``MissingSetting``.
    mutating func destination(_ settings: DestinationSettings) throws -> any Destination
}

/// What all destinations of a program use.
package struct DestinationContext: Sendable {
    package let client: WebClient
    package let network: NetworkSettings
    /// Of uploads of sessions; nil for the usual ones.
    package let uploadLimits: WebClientLimits?
    /// The thread of the client.
    package let thread: EventThread
    package let time: any TimeSource
    package let logger: Logger
    /// What a user does about a token that cannot be renewed.
    package let advice: RenewalAdvice

    package init(
        client: WebClient, network: NetworkSettings = NetworkSettings(), uploadLimits: WebClientLimits? = nil,
        thread: EventThread = .shared, time: any TimeSource = KernelTime(), logger: Logger,
        advice: RenewalAdvice = RenewalAdvice()
    ) {
        self.client = client
        self.network = network
        self.uploadLimits = uploadLimits
        self.thread = thread
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
    /// Whether ``DestinationKind/probe(_:isTokenReadable:_:)`` checks the token without the options.
    package var isChecked: Bool
    /// The form of a token, as a sentence. Nil if that is clear.
    package var form: String?

    package init(
        page: String? = nil, scope: String? = nil, hasDeviceLogin: Bool = false, isChecked: Bool = false,
        form: String? = nil
    ) {
        self.page = page
        self.form = form
        self.scope = scope
        self.hasDeviceLogin = hasDeviceLogin
        self.isChecked = isChecked
    }
}
