import Pulsoid
import PulsoidAPI
import TextFormats
import Tokens
import WebClient

/// Gets a token for Pulsoid, or for a hub, and finds out whether it does what it is for.
struct PulsoidLogin {
    let address: ServiceAddress
    let oauthAddress: ServiceAddress
    let clientID: String?
    let network: NetworkSettings
    let scopes: [PulsoidScope]

    /// Shows a code to confirm on a phone, and waits until that is done; Ctrl-C throws `CancellationError`.
    func confirmedToken() async throws -> StoredToken {
        guard let clientID else { throw LoginPlan.Problem.noClientID }
        let oauth = try PulsoidOAuth(service: oauthAddress, network: network)
        return try await Interruption().cancelling {
            try await oauth.logIn(clientID: clientID, scopes: scopes, show: LoginScreen.show)
        }
    }

    /// Nothing is to be kept that does not do what it is for. Throws `LoginPlan.Problem` or `PulsoidError`.
    func check(_ token: StoredToken) async throws {
        let client = try PulsoidClient(
            service: address, token: .given(token.access), client: WebClient(network: network),
            logger: Log.logger(level: .warning))
        let validation = try await client.validateToken()
        let missing = scopes.filter { !validation.grants($0) }.map(\.rawValue)
        if !missing.isEmpty {
            let has = validation.scopes.map { $0.printable() }.joined(separator: ", ")
            throw LoginPlan.Problem(
                description: "The token lacks the scope \(missing.joined(separator: ", ")); it has: "
                    + "\(has.isEmpty ? "none" : has). It was not kept. Make one with that scope at "
                    + "\(OAuthPath.keysPage), and run this again.")
        }
    }
}
