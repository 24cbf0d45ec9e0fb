/// That a user has allowed a program something, and with which token.
package struct ProgramConsent: Sendable, Hashable {
    package let clientID: String
    package let userID: Int64
    /// The token that allowed it: the program's access ends with it.
    package let token: TokenHash
    package let scopes: [String]

    package init(clientID: String, userID: Int64, token: TokenHash, scopes: [String]) {
        self.clientID = clientID
        self.userID = userID
        self.token = token
        self.scopes = scopes
    }
}
