/// What a user does about a token that cannot be renewed, as sentences of the program.
package struct RenewalAdvice: Sendable {
    /// The service rejects the refresh token.
    package var login: String
    /// No client id is known.
    package var clientID: String

    package init(
        login: String = "Get a new token.", clientID: String = "Get a new token, or name the client id of this one."
    ) {
        self.login = login
        self.clientID = clientID
    }
}
