package import Tokens
package import WebClient

/// One destination of a plan, with every default filled in.
package struct DestinationSettings: Sendable, Hashable {
    /// Names the destination among those of its strap.
    package var name: String
    /// Nil if the kind has none.
    package var address: ServiceAddress?
    /// Nil if the kind needs none and the configuration names none.
    package var token: TokenSource?
    /// How the strap is found: its address or its device name. Nil for any strap, and if the destination does not send
    /// it.
    package var device: String?
    /// The values of ``DestinationKind/options``.
    package var options: OptionValues
    /// The values of ``DestinationKind/serviceOptions``.
    package var service: OptionValues

    package init(
        name: String, address: ServiceAddress?, token: TokenSource?, device: String? = nil,
        options: OptionValues = OptionValues(), service: OptionValues = OptionValues()
    ) {
        self.name = name
        self.address = address
        self.token = token
        self.device = device
        self.options = options
        self.service = service
    }

    /// The token of a kind that needs one.
    /// - Throws: ``MissingSetting``, which the rules of the configuration prevent.
    package func requiredToken() throws(MissingSetting) -> TokenSource {
        guard let token else { throw MissingSetting(description: "The destination \(name) needs a token.") }
        return token
    }

    /// The address of a kind that has one.
    /// - Throws: ``MissingSetting``, which the rules of the configuration prevent.
    package func requiredAddress() throws(MissingSetting) -> ServiceAddress {
        guard let address else { throw MissingSetting(description: "The destination \(name) needs an address.") }
        return address
    }

    /// Why the token cannot be read; nil if it can, or if there is none.
    package var unreadableToken: String? {
        guard let token else { return nil }
        do throws(TokenError) {
            _ = try token.read()
            return nil
        } catch {
            return "\(error)"
        }
    }
}

package struct MissingSetting: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// The answer of a service to ``DestinationKind/probe(_:isTokenReadable:_:)``.
package enum ProbeAnswer: Sendable, Equatable {
    package enum Refusal: Sendable, Equatable {
        case notAuthorised
        case paymentRequired
        /// An answer that this service does not give: the address may be wrong.
        case unexpectedAnswer
        /// A value of the configuration does not suit the service.
        case wrongSetting
    }

    /// The service answers. It was not asked about the token.
    case reachable
    /// The service knows the token. `missingScope` is the scope that the token needs and lacks.
    case validated(expiresInSeconds: Int64, scopes: [String], missingScope: String?)
    /// The service answers, and refuses. `description` says why, with the fix.
    case refused(Refusal, description: String)
    case unreachable(String)
}
