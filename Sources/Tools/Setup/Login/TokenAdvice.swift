import Glibc
import PulsoidAPI
package import WebClient

/// How a user gets a token of a service: from Pulsoid's page, or from the hub itself.
package struct TokenAdvice {
    /// The folder of the packaged hub.
    package static let hubFolder = "/var/lib/strapline-hub"

    let address: ServiceAddress
    /// Whether the hub's package is on this machine.
    let hasHubPackage: Bool

    package init(_ address: ServiceAddress, hasHubPackage: Bool = access(TokenAdvice.hubFolder, F_OK) == 0) {
        self.address = address
        self.hasHubPackage = hasHubPackage
    }

    /// Whether the service is a server of one's own, and not Pulsoid's.
    package var isHub: Bool { address.description != PulsoidPath.publicBaseURL }

    /// A sentence about a token with this scope.
    package func make(_ scope: String) -> String {
        guard isHub else {
            return "Make a token at \(OAuthPath.keysPage), scope \(scope). Pulsoid asks for a paid plan; your own hub, "
                + "`strapline-hub`, is free."
        }
        let isHere = !address.isSecure && address.encryptionWarning == nil
        if isHere, hasHubPackage {
            return "Make a token: `sudo -u strapline-hub strapline-hub token issue --user NAME --scope \(scope) "
                + "--database \(Self.hubFolder)/hub.sqlite`."
        }
        return "Make a token on the machine of the hub \(address): `strapline-hub token issue --user NAME --scope "
            + "\(scope)`, with its --database if it has one. Or ask the owner of the hub."
    }
}
