import HubAPI
import HubStore
import PulsoidAPI

extension HubResponder {
    /// Turns a consent into tokens. What it rests on is looked up again: the token, the user and the client may have ended since.
    ///
    /// `redeemed` notes what came of the code, and is false when the code was used again meanwhile; `putBack` makes the code good
    /// again, because the database has failed.
    func issue(
        _ consent: ProgramConsent, _ code: RefusedSecret.Kind, _ origin: SecurityOrigin,
        redeemed: (Int64) async -> Bool, putBack: () async -> Void
    ) async throws -> TokenPair {
        let exchange: HubStore.Exchange
        do {
            exchange = try await store.issuePair(of: consent, GrantLimits(limits))
        } catch {
            await putBack()
            throw error
        }
        switch exchange {
        case .issued(let pair, let grantID):
            guard await redeemed(grantID) else { throw try await replayed(code, grantID: grantID, origin) }
            securityLog.grant(
                "issued",
                [
                    ("grant", "\(grantID)"), ("client", consent.clientID), ("user", "\(consent.userID)"),
                    ("token", consent.token.tokenID),
                ], origin)
            return pair
        case .consentEnded:
            throw OAuthRefusal(.invalidGrant, "the token that allowed this has ended, or may not allow it any more")
        case .clientEnded: throw OAuthRefusal.unknownClient
        case .tooManyGrants:
            throw OAuthRefusal(
                .invalidGrant, "the user has let this program in \(limits.grantsPerUserAndClient) times already")
        }
    }

    /// A code was used again: somebody has a copy, so what came of it ends.
    func replayed(
        _ code: RefusedSecret.Kind, grantID: Int64?, _ origin: SecurityOrigin
    ) async throws -> OAuthRefusal {
        if let grantID { try await store.endGrant(grantID) }
        noteReplay(code, grantID: grantID, origin)
        let name = code == .deviceCode ? "device code" : "code"
        return OAuthRefusal(
            .invalidGrant, "the \(name) was used already; everything issued with it has been revoked")
    }

    func noteReplay(_ secret: RefusedSecret.Kind, grantID: Int64?, _ origin: SecurityOrigin) {
        securityLog.refused(RefusedSecret(kind: secret, reason: .replayed), origin)
        if let grantID {
            securityLog.grant("ended", [("grant", "\(grantID)"), ("reason", "replayed_\(secret.rawValue)")], origin)
        }
    }

    func refresh(_ form: Form, _ client: Client, _ origin: SecurityOrigin) async throws -> TokenPair {
        guard let token = form["refresh_token"] else { throw OAuthRefusal(.invalidRequest, "refresh_token is missing") }
        let scopes = try form["scope"].map { try HubScope.requested($0) }
        switch try await store.refresh(token, clientID: client.id, scopes: scopes, GrantLimits(limits)) {
        case .renewed(let pair): return pair
        case .unknown:
            securityLog.refused(RefusedSecret(kind: .refreshToken, reason: .unknown), origin)
            throw OAuthRefusal(.invalidGrant, "the refresh token is unknown, expired or revoked")
        case .reused(let grantID):
            noteReplay(.refreshToken, grantID: grantID, origin)
            throw OAuthRefusal(
                .invalidGrant, "the refresh token was used already; everything issued with it has been revoked")
        case .beyondGrant: throw OAuthRefusal(.invalidScope, "more than was granted")
        case .tooSoon(let seconds):
            throw OAuthRefusal.tooSoon(
                "a refresh is possible once in \(limits.refreshIntervalSeconds) seconds; the refresh token is still good",
                seconds: seconds)
        }
    }

    /// `POST /oauth2/revoke`. One that nobody knows has ended already, which is what was wanted (RFC 7009, 2.2).
    func revoke(_ form: Form, _ origin: SecurityOrigin) async throws -> HubResponse {
        guard let token = form["token"] else { throw OAuthRefusal(.invalidRequest, "token is missing") }
        switch try await store.revoke(token) {
        case .nothing: break
        case .token(let id): securityLog.revoked([("token", id)], origin)
        case .grant(let id): securityLog.revoked([("grant", "\(id)")], origin)
        case .adminToken(let id): securityLog.revoked([("admin_token", "\(id)")], origin)
        }
        return .empty
    }
}

extension GrantLimits {
    init(_ limits: HubLimits) {
        self.init(
            accessTokenSeconds: limits.accessTokenSeconds, refreshTokenSeconds: limits.refreshTokenSeconds,
            grantsPerUserAndClient: limits.grantsPerUserAndClient,
            refreshIntervalSeconds: limits.refreshIntervalSeconds)
    }
}
