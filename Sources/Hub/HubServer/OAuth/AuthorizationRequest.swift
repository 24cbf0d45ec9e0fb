import HubStore

/// A program's request on the authorization page.
struct AuthorizationRequest: Sendable {
    let client: Client
    let scopes: [String]
    let redirect: RedirectURI
    /// Whether the program named the redirect URI.
    let isRedirectNamed: Bool
    /// The program's own value, returned unchanged.
    let state: String?
    /// The challenge of PKCE; nil without.
    let challenge: CodeChallenge?

    /// The address of the redirect with the answer.
    func answer(_ parameters: [(String, String)]) -> String {
        redirect.adding(parameters + (state.map { [("state", $0)] } ?? []))
    }
}
