/// The consent of a user to a program, and the token that gave it.
package struct ProgramConsent: Sendable, Hashable, Codable {
    package let clientID: String
    package let userID: Int64
    /// The token that gave the consent. The program's access ends with it.
    package let token: TokenHash
    package let scopes: [String]

    package init(clientID: String, userID: Int64, token: TokenHash, scopes: [String]) {
        self.clientID = clientID
        self.userID = userID
        self.token = token
        self.scopes = scopes
    }
}
