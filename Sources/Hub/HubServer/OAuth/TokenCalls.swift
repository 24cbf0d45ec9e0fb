import HTTPTypes
import HubAPI
import HubStore
import HummingbirdCore
import PulsoidAPI
import Timing

/// The calls that lead to tokens and end them: device authorization, token, revocation, and Cardiogram's token call.
struct TokenCalls: Sendable {
    private let store: HubStore
    private let limits: HubLimits
    private let devices: DeviceCodeStore
    private let codes: AuthorizationCodeStore
    private let securityLog: SecurityLog
    /// See ``HubServer/publicAddress``.
    private let publicAddress: String?

    init(
        store: HubStore, limits: HubLimits, devices: DeviceCodeStore, codes: AuthorizationCodeStore,
        securityLog: SecurityLog, publicAddress: String?
    ) {
        self.store = store
        self.limits = limits
        self.devices = devices
        self.codes = codes
        self.securityLog = securityLog
        self.publicAddress = publicAddress
    }

    /// `POST /oauth2/device_authorization`. The client proves its identity later, at the token call.
    func deviceAuthorization(_ open: OpenRequest, _ writer: borrowing ResponseWriter) async throws -> HubResponse {
        let form = try await Form(of: open.request, upTo: limits.formBodyBytes, writer: writer)
        let (request, context) = (open.request, open.context)
        let credentials = try ClientCredentials(form, request.headers)
        guard let client = try await store.oauth.client(credentials.id) else { throw OAuthRefusal.unknownClient }
        let scopes = try HubScope.requested(form["scope"])
        let codes: DeviceCodeStore.Codes
        switch try await devices.begin(.init(client: client, scopes: scopes), from: context.client.network) {
        case .begun(let begun): codes = begun
        case .full(let seconds):
            throw HubHTTPError(
                .tooManyRequests, "too many devices wait to be allowed", fields: [.retryAfter: String(seconds)])
        }
        let page = try baseURL(request) + PulsoidPath.deviceConsent
        return .json(
            DeviceAuthorization(
                deviceCode: codes.deviceCode, userCode: "\(codes.userCode)", verificationURI: page,
                verificationURIComplete: "\(page)?\(PulsoidPath.Query.userCode)=\(codes.userCode)",
                expiresInSeconds: limits.deviceCodeSeconds, intervalSeconds: limits.devicePollSeconds),
            fields: [.cacheControl: "no-store"])
    }

    /// `POST /oauth2/token`.
    func token(_ open: OpenRequest, _ writer: borrowing ResponseWriter) async throws -> HubResponse {
        let form = try await Form(of: open.request, upTo: limits.formBodyBytes, writer: writer)
        let origin = open.context.origin(route: open.route)
        guard let grantType = form["grant_type"] else { throw OAuthRefusal(.invalidRequest, "grant_type is missing") }
        let client = try await client(ClientCredentials(form, open.request.headers), origin)
        let pair =
            switch GrantType(rawValue: grantType) {
            case .deviceCode: try await redeemDeviceCode(form, client, origin)
            case .refreshToken: try await refresh(form, client, origin)
            case .authorizationCode: try await redeemCode(form, client, origin).pair
            case nil:
                throw OAuthRefusal(
                    .unsupportedGrantType,
                    "grant_type must be \(GrantType.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        return .json(pair, fields: [.cacheControl: "no-store"])
    }

    private func client(_ credentials: ClientCredentials, _ origin: SecurityOrigin) async throws -> Client {
        guard let client = try await store.oauth.client(credentials.id) else { throw OAuthRefusal.unknownClient }
        guard client.isConfidential else { return client }
        guard let secret = credentials.secret, try await store.oauth.isSecret(secret, ofClient: client.id) else {
            if credentials.secret != nil {
                securityLog.refused(RefusedSecret(kind: .clientSecret, reason: .unknown), origin)
            }
            throw OAuthRefusal(.invalidClient, "client_secret is missing or wrong")
        }
        return client
    }

    private func redeemDeviceCode(
        _ form: Form, _ client: Client, _ origin: SecurityOrigin
    ) async throws -> TokenPair {
        guard let code = form["device_code"] else { throw OAuthRefusal(.invalidRequest, "device_code is missing") }
        switch try await devices.ask(code, clientID: client.id) {
        case .pending: throw OAuthRefusal(.authorizationPending, "the user has not decided yet")
        case .tooSoon: throw OAuthRefusal(.slowDown, "ask every \(limits.devicePollSeconds) seconds")
        case .expired: throw OAuthRefusal(.expiredToken, "the device code has expired")
        // Pulsoid has the same error for both, with different descriptions.
        case .denied: throw OAuthRefusal(.invalidGrant, "the user has denied access")
        case .used(let grantID): throw try await replayed(.deviceCode, grantID: grantID, origin)
        case .unknown:
            securityLog.refused(RefusedSecret(kind: .deviceCode, reason: .unknown), origin)
            throw OAuthRefusal(.invalidGrant, "there is no such device code")
        case .allowed(let consent):
            return try await issue(consent, .deviceCode, origin) { grantID in
                try await devices.redeemed(code, grantID: grantID)
            } putBack: {
                try await devices.putBack(code)
            }
        }
    }

    /// The hub's address for users: its public address, or the one that the client used. A client with forged headers
    /// deceives only itself: only it gets the answer, which is not stored.
    ///
    /// - Throws: 400 for a `Host` that is not a name or address with a port, and for an invalid prefix.
    private func baseURL(_ request: Request) throws(HubHTTPError) -> String {
        if let publicAddress { return publicAddress }
        guard let host = request.head.authority, !host.isEmpty,
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".:-_[]".contains($0)) })
        else { throw HubHTTPError(.badRequest, "the Host header must be a name or an address") }
        // A proxy that ends TLS sets this header.
        let isSecure = HTTPField.Name("X-Forwarded-Proto").flatMap { request.headers[$0] } == "https"
        return try "\(isSecure ? "https" : request.head.scheme ?? "http")://\(host)" + Self.pathPrefix(request)
    }

    /// The hub's path behind a proxy, from its header: `/heart`. Empty without one.
    private static func pathPrefix(_ request: Request) throws(HubHTTPError) -> String {
        guard let value = HTTPField.Name("X-Forwarded-Prefix").flatMap({ request.headers[$0] }) else { return "" }
        guard let prefix = PathPrefix(value) else {
            throw HubHTTPError(.badRequest, "the X-Forwarded-Prefix header must be a path like /heart")
        }
        return prefix.text
    }

    /// The grant type `authorization_code` of both services' token calls.
    private func redeemCode(
        _ form: Form, _ client: Client, _ origin: SecurityOrigin
    ) async throws -> (pair: TokenPair, userID: Int64) {
        guard let code = form["code"] else { throw OAuthRefusal(.invalidRequest, "code is missing") }
        // Without a secret, the code alone would be enough.
        guard client.isConfidential else {
            throw OAuthRefusal(.unauthorizedClient, "this grant is for clients with a client_secret")
        }
        let answer = try await codes.redeem(
            code, clientID: client.id, redirectURI: form["redirect_uri"], verifier: form["code_verifier"])
        switch answer {
        case .unknown:
            securityLog.refused(RefusedSecret(kind: .authorizationCode, reason: .unknown), origin)
            throw OAuthRefusal(.invalidGrant, "the code is unknown, expired, or for another redirect_uri")
        case .wrongVerifier:
            securityLog.refused(RefusedSecret(kind: .codeVerifier, reason: .unknown), origin)
            throw OAuthRefusal(
                .invalidGrant, "code_verifier does not match the code_challenge that the code was asked for with")
        case .used(let grantID): throw try await replayed(.authorizationCode, grantID: grantID, origin)
        case .good(let consent):
            let pair = try await issue(consent.given, .authorizationCode, origin) { grantID in
                try await codes.redeemed(code, grantID: grantID)
            } putBack: {
                try await codes.putBack(code)
            }
            return (pair, consent.given.userID)
        }
    }

    /// Cardiogram's answer with tokens.
    private struct CardiogramTokens: Encodable {
        let tokenType = "bearer"
        let accessToken: String
        let refreshToken: String
        /// When the access token ends, in milliseconds since the Unix epoch, as in Cardiogram's published sample.
        let expiresIn: Int64
        /// The hub's own field: the user in the paths for beats.
        let userID: Int64?

        private enum CodingKeys: String, CodingKey {
            case tokenType = "token_type"
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case expiresIn = "expires_in"
            case userID = "user_id"
        }
    }

    /// `POST /heart/oauth/token`: exchanges a code or a refresh token.
    func cardiogramToken(_ open: OpenRequest, _ writer: borrowing ResponseWriter) async throws -> HubResponse {
        let form = try await Form(of: open.request, upTo: limits.formBodyBytes, writer: writer)
        let origin = open.context.origin(route: open.route)
        let grantType = form["grant_type"].flatMap(GrantType.init)
        let client = try await client(ClientCredentials(form, open.request.headers), origin)
        let pair: TokenPair
        var userID: Int64?
        switch grantType {
        case .authorizationCode: (pair, userID) = try await redeemCode(form, client, origin)
        case .refreshToken: pair = try await refresh(form, client, origin)
        case .deviceCode, nil:
            throw OAuthRefusal(
                .unsupportedGrantType, "grant_type must be authorization_code or \(GrantType.refreshToken.rawValue)")
        }
        let expiresAt = store.time.now().wallMilliseconds + pair.expiresInSeconds * 1000
        return .json(
            CardiogramTokens(
                accessToken: pair.accessToken, refreshToken: pair.refreshToken, expiresIn: expiresAt, userID: userID),
            fields: [.cacheControl: "no-store"])
    }

    // MARK: Grants

    /// Exchanges a consent for tokens. Its token, user and client are checked again: they may have ended since.
    ///
    /// `redeemed` records the grant, and returns false if the code was used again since then. `putBack` makes the
    /// code good again after an error of the database.
    private func issue(
        _ consent: ProgramConsent, _ code: RefusedSecret.Kind, _ origin: SecurityOrigin,
        redeemed: (Int64) async throws -> Bool, putBack: () async throws -> Void
    ) async throws -> TokenPair {
        let exchange: OAuthStore.Exchange
        do {
            exchange = try await store.oauth.issuePair(of: consent, GrantLimits(limits))
        } catch {
            try? await putBack()
            throw error
        }
        switch exchange {
        case .issued(let pair, let grantID):
            let isFirst: Bool
            do {
                isFirst = try await redeemed(grantID)
            } catch {
                // No client gets these tokens.
                try? await store.oauth.endGrant(grantID)
                throw error
            }
            guard isFirst else { throw try await replayed(code, grantID: grantID, origin) }
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

    /// A code was used again, so a copy exists: its grant ends.
    private func replayed(
        _ code: RefusedSecret.Kind, grantID: Int64?, _ origin: SecurityOrigin
    ) async throws -> OAuthRefusal {
        if let grantID { try await store.oauth.endGrant(grantID) }
        noteReplay(code, grantID: grantID, origin)
        let name = code == .deviceCode ? "device code" : "code"
        return OAuthRefusal(
            .invalidGrant, "the \(name) was used already; everything issued with it has been revoked")
    }

    private func noteReplay(_ secret: RefusedSecret.Kind, grantID: Int64?, _ origin: SecurityOrigin) {
        securityLog.refused(RefusedSecret(kind: secret, reason: .replayed), origin)
        if let grantID {
            securityLog.grant("ended", [("grant", "\(grantID)"), ("reason", "replayed_\(secret.rawValue)")], origin)
        }
    }

    private func refresh(_ form: Form, _ client: Client, _ origin: SecurityOrigin) async throws -> TokenPair {
        guard let token = form["refresh_token"] else { throw OAuthRefusal(.invalidRequest, "refresh_token is missing") }
        let scopes = try form["scope"].map { try HubScope.requested($0) }
        switch try await store.oauth.refresh(token, clientID: client.id, scopes: scopes, GrantLimits(limits)) {
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
                "a refresh is possible once in \(limits.refreshIntervalSeconds) seconds; the refresh token is "
                    + "still good",
                seconds: seconds)
        }
    }

    /// `POST /oauth2/revoke`. An unknown token has ended already, which is the wanted result (RFC 7009, 2.2).
    func revoke(_ open: OpenRequest, _ writer: borrowing ResponseWriter) async throws -> HubResponse {
        let form = try await Form(of: open.request, upTo: limits.formBodyBytes, writer: writer)
        let origin = open.context.origin(route: open.route)
        guard let token = form["token"] else { throw OAuthRefusal(.invalidRequest, "token is missing") }
        switch try await store.oauth.revoke(token) {
        case .nothing: break
        case .token(let id): securityLog.revoked([("token", id)], origin)
        case .grant(let id): securityLog.revoked([("grant", "\(id)")], origin)
        case .adminToken(let id): securityLog.revoked([("admin_token", "\(id)")], origin)
        }
        return .empty
    }
}

extension OAuthRefusal {
    static var unknownClient: OAuthRefusal { OAuthRefusal(.invalidClient, "there is no such client_id") }
}

extension GrantLimits {
    init(_ limits: HubLimits) {
        self.init(
            accessTokenSeconds: limits.accessTokenSeconds, refreshTokenSeconds: limits.refreshTokenSeconds,
            grantsPerUserAndClient: limits.grantsPerUserAndClient,
            refreshIntervalSeconds: limits.refreshIntervalSeconds)
    }
}
