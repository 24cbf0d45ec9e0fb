import HubStore
import PulsoidAPI

/// What a program has sent a person to the authorization page for.
struct AuthorizationRequest: Sendable {
    let client: Client
    let scopes: [String]
    let redirect: RedirectURI
    /// Whether the program has named it.
    let isRedirectNamed: Bool
    /// The program's own, to be sent back as it is.
    let state: String?
    /// What the program proves when it exchanges the code; nil where it does without.
    let challenge: CodeChallenge?

    /// Where the person is sent with an answer.
    func answer(_ parameters: [(String, String)]) -> String {
        redirect.adding(parameters + (state.map { [("state", $0)] } ?? []))
    }
}
