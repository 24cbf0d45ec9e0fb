package import Destinations
package import Tokens
package import WebClient

/// A place that finished sessions are uploaded to, as the configuration, the plan, the doctor and the setup see it.
///
/// To add one, add a folder beside this one with a type that conforms to this protocol, and one line to
/// ``SessionDestinationKinds``.
package protocol SessionDestinationKind: Sendable {
    /// The value of `service:`.
    var name: String { get }
    /// Its name for people: `intervals.icu`.
    var title: String { get }
    /// Which address it has.
    var addressRule: AddressRule { get }
    var tokenRule: TokenRule { get }
    /// The keys that it has beside those of every kind.
    var options: [DestinationOption] { get }
    /// How a user gets a key, as a sentence; nil if there is none.
    var tokenGuide: String? { get }
    /// Whether all sessions arrive in one account, as those of one person.
    var isAccount: Bool { get }

    /// The uploaded files in a few words: `FIT files`.
    func summary(of settings: SessionDestinationSettings) -> String

    /// The first mistake that the options themselves cannot find.
    func furtherMistake(in values: OptionValues) -> OptionMistake?

    /// Problems with the files and folders that the options name.
    func problems(with settings: SessionDestinationSettings) -> [String]

    /// - Throws: ``MissingSetting``, `ServiceAddressError`.
    func destination(
        _ settings: SessionDestinationSettings, _ context: DestinationContext
    ) throws -> any SessionDestination

    /// Asks whether an upload would be taken, without one.
    /// - Throws: `WebError` if there is no answer.
    func probe(_ settings: SessionDestinationSettings, _ context: DestinationContext) async throws -> ProbeAnswer
}

extension SessionDestinationKind {
    package var addressRule: AddressRule { .none }
    package var tokenRule: TokenRule { .required }
    package var options: [DestinationOption] { [] }
    package var tokenGuide: String? { nil }
    package var isAccount: Bool { false }

    package func furtherMistake(in values: OptionValues) -> OptionMistake? { nil }
    package func problems(with settings: SessionDestinationSettings) -> [String] { [] }

    /// The address when the configuration has none.
    package var standardAddress: String? {
        if case .service(let standard) = addressRule { standard } else { nil }
    }

    /// Whether the configuration must have an address.
    package var needsAddress: Bool { addressRule != .none && standardAddress == nil }

    /// Every mistake in the values of the options, in their order.
    package func mistakes(in values: OptionValues) -> [OptionMistake] {
        let foreign = values.keys.sorted().filter { key in !options.contains { $0.key == key } }.map { key in
            OptionMistake(key: key, message: "`\(key)` is not an option of \(title)")
        }
        return foreign + options.mistakes(in: values, of: title) { furtherMistake(in: $0) }
    }

    package func firstMistake(in values: OptionValues) -> OptionMistake? { mistakes(in: values).first }
}

/// One place for sessions of a plan, with every default filled in.
package struct SessionDestinationSettings: Sendable, Hashable {
    /// Names it among all. A renamed one begins with the next session.
    package var name: String
    /// Only sessions of this strap; nil for all.
    package var strap: String?
    package var address: ServiceAddress?
    package var token: TokenSource?
    /// The values of ``SessionDestinationKind/options``.
    package var options: OptionValues

    package init(
        name: String, strap: String? = nil, address: ServiceAddress? = nil, token: TokenSource? = nil,
        options: OptionValues = OptionValues()
    ) {
        self.name = name
        self.strap = strap
        self.address = address
        self.token = token
        self.options = options
    }

    /// - Throws: ``MissingSetting``, which the rules of the configuration prevent.
    package func requiredAddress() throws(MissingSetting) -> ServiceAddress {
        guard let address else { throw MissingSetting(description: "The sessions to \(name) need an address.") }
        return address
    }

    /// - Throws: ``MissingSetting``, which the rules of the configuration prevent.
    package func requiredToken() throws(MissingSetting) -> TokenSource {
        guard let token else { throw MissingSetting(description: "The sessions to \(name) need a token.") }
        return token
    }
}
