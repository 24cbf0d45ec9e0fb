package import PulsoidAPI
import Timing

/// Clients, and the grants that users gave them. All methods throw ``HubStoreError``.
package struct OAuthStore: Sendable {
    /// The result of exchanging a consent for tokens.
    package enum Exchange: Sendable {
        case issued(TokenPair, grantID: Int64)
        /// The token that allowed it, or its user, has ended since, or may no longer allow it.
        case consentEnded
        case clientEnded
        /// The user has allowed this program as often as the limit permits.
        case tooManyGrants
    }

    /// The result of a refresh.
    package enum Refresh: Sendable {
        case renewed(TokenPair)
        /// Unknown, expired, of another client, or ended.
        case unknown
        /// Used before, so a copy exists. The whole grant was ended.
        case reused(grantID: Int64)
        /// The request wants more than was granted.
        case beyondGrant
        /// The last refresh was a moment ago. The refresh token is still good.
        case tooSoon(seconds: Int64)
    }

    /// The result of a revocation.
    package enum Revoked: Sendable, Hashable {
        /// There is no such token. It may have ended before.
        case nothing
        case token(id: String)
        case grant(id: Int64)
        case adminToken(id: Int64)
    }

    /// Longest identifier of a client, in characters.
    private static let clientIDCharacters = 128

    private let database: HubDatabase

    init(_ database: HubDatabase) {
        self.database = database
    }

    // MARK: Clients

    /// Registers a client.
    ///
    /// - Parameters:
    ///   - name: the name on the consent page; as in ``AccountStore/addUser(named:)``.
    ///   - id: the identifier that is built into the program: letters, digits and `-._~`. Nil for a new one.
    ///   - isConfidential: whether it gets a secret, which is returned only now.
    ///   - redirectURIs: for the authorization code grant of confidential clients.
    /// - Returns: the client, with its secret if it has one.
    /// - Throws: ``HubStoreError/Code/conflict`` for an identifier that is taken.
    package func addClient(
        named name: String, id: String? = nil, isConfidential: Bool = false, redirectURIs: [String] = []
    ) async throws -> NewClient {
        if let bad = redirectURIs.first(where: { RedirectURI($0) == nil }) {
            throw HubStoreError(
                .invalidRequest, "\(bad) is no address to come back to: http:// or https://, and without a fragment.")
        }
        guard redirectURIs.isEmpty || isConfidential else {
            throw HubStoreError(.invalidRequest, "A client that people come back to with a code needs a secret.")
        }
        let id = try id ?? Self.newClientID()
        guard (1...Self.clientIDCharacters).contains(id.count), id.allSatisfy(\.isUnreserved) else {
            throw HubStoreError(
                .invalidRequest,
                "A client's identifier is 1 to \(Self.clientIDCharacters) letters, digits and -._~ characters.")
        }
        try AccountName.check(name, "A client's name")
        return try await database.writeDirectory { change in
            guard try !ClientTable.isThere(id, change.db) else {
                throw HubStoreError(.conflict, "There is a client \(id) already. Choose another identifier.")
            }
            let secret = isConfidential ? try Secret() : nil
            let client = Client(id: id, name: name, isConfidential: isConfidential, redirectURIs: redirectURIs)
            try ClientTable.insert(client, secret: secret, now: change.now, change.db)
            try change.note(.clientAdded(client))
            return NewClient(client: client, secret: secret?.revealed)
        }
    }

    /// Public, and yet random: two programs must not get the same identifier.
    private static func newClientID() throws(HubStoreError) -> String {
        do {
            return try RandomBytes.hex(bytes: 16)
        } catch {
            throw HubStoreError(.noRandomness, error.description)
        }
    }

    /// Every client, by name.
    package func clients() async throws -> [Client] {
        try await database.read { try ClientTable.all($0) }
    }

    /// Removes a client; its grants end.
    /// - Throws: ``HubStoreError/Code/notFound``.
    package func removeClient(_ id: String) async throws {
        try await database.writeDirectory { change in
            guard try ClientTable.delete(id, change.db) else {
                throw HubStoreError(.notFound, "There is no client \(id).", remedy: .listClients)
            }
            try change.note(.clientRemoved(id: id))
        }
    }

    /// How often users have allowed this program, and not taken it back.
    /// - Throws: ``HubStoreError/Code/notFound``.
    package func grantCount(ofClient id: String) async throws -> Int {
        try await database.read { db in
            guard try ClientTable.isThere(id, db) else {
                throw HubStoreError(.notFound, "There is no client \(id).", remedy: .listClients)
            }
            return try GrantTable.count(ofClient: id, db)
        }
    }

    /// Nil if there is no such client.
    package func client(_ id: String) async throws -> Client? {
        try await database.lookUp { try ClientTable.client(id, $0) }
    }

    /// Whether this is the secret of a confidential client.
    package func isSecret(_ secret: String, ofClient id: String) async throws -> Bool {
        try await database.lookUp { try ClientTable.isSecret(secret, ofClient: id, $0) }
    }

    // MARK: Consent

    /// A user's token, read from the database and not from the directory: a new token counts at once. Nil if unknown.
    package func token(_ hash: TokenHash) async throws -> TokenRow? {
        try await database.lookUp { try TokenTable.row(hash, $0) }
    }

    /// Whether the user may allow the program once more.
    package func mayGrantMore(_ consent: ProgramConsent, _ limits: GrantLimits) async throws -> Bool {
        let now = database.time.now().wallMilliseconds
        return try await database.read { db in
            try GrantTable.count(consent, livingAt: now, db) < limits.grantsPerUserAndClient
        }
    }

    /// Exchanges a consent for tokens. Deletes expired grants.
    package func issuePair(of consent: ProgramConsent, _ limits: GrantLimits) async throws -> Exchange {
        try await database.writeDirectory { change in
            try GrantTable.deleteExpired(now: change.now, change.db)
            guard try ClientTable.isThere(consent.clientID, change.db) else { return .clientEnded }
            guard let token = try TokenTable.row(consent.token, change.db), token.userID == consent.userID,
                token.mayAllow(consent.scopes, at: change.now)
            else { return .consentEnded }
            guard try GrantTable.count(consent, change.db) < limits.grantsPerUserAndClient else {
                return .tooManyGrants
            }
            let family = try Secret()
            let grantID = try GrantTable.insert(consent, family: family, now: change.now, change.db)
            let new = GrantTable.NewPair(
                grantID: grantID, userID: consent.userID, scopes: consent.scopes, family: family.revealed,
                endsAtMilliseconds: token.expiresAtMilliseconds)
            return .issued(try GrantTable.insert(new, limits, now: change.now, change.db), grantID: grantID)
        }
    }

    // MARK: Grants

    /// Exchanges a refresh token for the next pair. The previous pair ends, as at Pulsoid. `scopes` may be fewer than
    /// were granted; nil is all.
    package func refresh(
        _ refreshToken: String, clientID: String, scopes: [String]?, _ limits: GrantLimits
    ) async throws -> Refresh {
        // A stranger's request costs no turn of the writer.
        guard try await database.lookUp({ try GrantTable.holder(of: refreshToken, $0) }) != nil else { return .unknown }
        return try await database.writeDirectory { change in
            let (now, db) = (change.now, change.db)
            guard let held = try GrantTable.holder(of: refreshToken, db), held.clientID == clientID else {
                return .unknown
            }
            if held.isSpent {
                try GrantTable.delete(held.grantID, db)
                return .reused(grantID: held.grantID)
            }
            guard held.expiresAtMilliseconds > now, let grant = try GrantTable.grant(held.grantID, db) else {
                return .unknown
            }
            guard (scopes ?? []).allSatisfy(grant.scopes.contains) else { return .beyondGrant }
            if let seconds = Self.secondsToWait(after: grant.refreshedAtMilliseconds, now: now, limits) {
                return .tooSoon(seconds: seconds)
            }
            let family =
                grant.hasFamily ? String(refreshToken.prefix(Secret.characterCount)) : try Secret().revealed
            try GrantTable.spend(refreshToken, of: held.grantID, hasFamily: grant.hasFamily, now: now, db)
            try GrantTable.refreshed(held.grantID, family: family, now: now, db)
            let new = GrantTable.NewPair(
                grantID: held.grantID, userID: grant.userID, scopes: scopes ?? grant.scopes, family: family,
                endsAtMilliseconds: grant.endsAtMilliseconds)
            return .renewed(try GrantTable.insert(new, limits, now: now, db))
        }
    }

    /// The first refresh may come at once. A clock that was set back refuses none.
    private static func secondsToWait(after last: Int64?, now: Int64, _ limits: GrantLimits) -> Int64? {
        guard let last, last <= now else { return nil }
        let wait = last + limits.refreshIntervalSeconds * 1000 - now
        return wait > 0 ? (wait + 999) / 1000 : nil
    }

    /// Ends a grant with its tokens.
    package func endGrant(_ id: Int64) async throws {
        try await database.writeDirectory { try GrantTable.delete(id, $0.db) }
    }

    /// Ends any kind of token, with all grants that it allowed. A program's token ends with its whole grant.
    package func revoke(_ token: String) async throws -> Revoked {
        // A stranger's request costs no turn of the writer.
        guard try await database.lookUp({ try Self.revocable(token, $0) }) != .nothing else { return .nothing }
        return try await database.writeDirectory { change in
            let found = try Self.revocable(token, change.db)
            switch found {
            case .nothing: break
            case .token:
                if let row = try TokenTable.row(TokenHash(of: token), change.db) {
                    _ = try TokenTable.end(row, change.db)
                }
            case .grant(let id): try GrantTable.delete(id, change.db)
            case .adminToken(let id): _ = try AdminTokenTable.delete(id, change.db)
            }
            return found
        }
    }

    private static func revocable(_ token: String, _ db: any SQLSession) throws -> Revoked {
        let hash = TokenHash(of: token)
        if let row = try TokenTable.row(hash, db) {
            return row.grantID.map { .grant(id: $0) } ?? .token(id: hash.tokenID)
        }
        if let held = try GrantTable.holder(of: token, db) { return .grant(id: held.grantID) }
        return try AdminTokenTable.token(hash, db).map { .adminToken(id: $0.id) } ?? .nothing
    }
}

extension Character {
    /// Letters, digits and `-._~` (RFC 3986, 2.3).
    fileprivate var isUnreserved: Bool { isASCII && (isLetter || isNumber || "-._~".contains(self)) }
}
