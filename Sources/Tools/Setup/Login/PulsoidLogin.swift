import Console
import Logging
import Pulsoid
package import PulsoidAPI
import ServiceManager
import TextFormats
package import Tokens
package import WebClient

/// Gets a token for Pulsoid, or for a hub, and finds out whether it does what it is for.
package struct PulsoidLogin {
    package let address: ServiceAddress
    package let oauthAddress: ServiceAddress
    package let clientID: String?
    package let network: NetworkSettings
    let scopes: [PulsoidScope]

    package init(
        address: ServiceAddress, oauthAddress: ServiceAddress, clientID: String?, network: NetworkSettings,
        scopes: [PulsoidScope]
    ) {
        self.address = address
        self.oauthAddress = oauthAddress
        self.clientID = clientID
        self.network = network
        self.scopes = scopes
    }

    /// Shows a code to confirm on a phone, and waits until that is done; Ctrl-C throws `CancellationError`.
    package func confirmedToken() async throws -> StoredToken {
        guard let clientID else { throw LoginPlan.Problem.noClientID }
        let oauth = try PulsoidOAuth(service: oauthAddress, network: network)
        return try await Interruption().cancelling {
            try await oauth.logIn(clientID: clientID, scopes: scopes, show: DeviceLoginScreen.show)
        }
    }

    /// Nothing is to be kept that does not do what it is for. Throws `LoginPlan.Problem` or `PulsoidError`.
    package func check(_ token: StoredToken) async throws {
        let client = try PulsoidClient(
            service: address, token: .given(token.access), client: WebClient(network: network),
            logger: ProgramLog.logger(level: .warning))
        let validation = try await client.validateToken()
        let missing = scopes.filter { !validation.grants($0) }.map(\.rawValue)
        if !missing.isEmpty {
            let has = validation.scopes.map { $0.printable() }.joined(separator: ", ")
            throw LoginPlan.Problem(
                description: "The token lacks the scope \(missing.joined(separator: ", ")); it has: "
                    + "\(has.isEmpty ? "none" : has). It was not kept. "
                    + TokenAdvice(address).make(missing.joined(separator: ", ")))
        }
    }
}
