import FoundationEssentials
import HTTPTypes
import HubAPI
import HubStore
import HummingbirdCore
import PulsoidAPI

extension HubResponder {
    /// `POST /oauth2/device_authorization`. The client need not prove who it is before it asks for tokens.
    func deviceAuthorization(
        _ form: Form, _ request: Request, _ context: RequestContext
    ) async throws -> HubResponse {
        let credentials = try ClientCredentials(form, request.headers)
        guard let client = try await store.client(credentials.id) else { throw OAuthRefusal.unknownClient }
        let scopes = try HubScope.requested(form["scope"])
        let codes: DeviceDesk.Codes
        switch try await devices.begin(.init(client: client, scopes: scopes), from: context.client.network) {
        case .begun(let begun): codes = begun
        case .full(let seconds):
            throw Failure(
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
    func token(_ form: Form, _ request: Request, _ origin: SecurityOrigin) async throws -> HubResponse {
        guard let grantType = form["grant_type"] else { throw OAuthRefusal(.invalidRequest, "grant_type is missing") }
        let client = try await client(ClientCredentials(form, request.headers), origin)
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

    func client(_ credentials: ClientCredentials, _ origin: SecurityOrigin) async throws -> Client {
        guard let client = try await store.client(credentials.id) else { throw OAuthRefusal.unknownClient }
        guard client.isConfidential else { return client }
        guard let secret = credentials.secret, try await store.isSecret(secret, ofClient: client.id) else {
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
        switch await devices.ask(code, clientID: client.id) {
        case .pending: throw OAuthRefusal(.authorizationPending, "nobody has answered yet")
        case .tooSoon: throw OAuthRefusal(.slowDown, "ask every \(limits.devicePollSeconds) seconds")
        case .expired: throw OAuthRefusal(.expiredToken, "the device code has expired")
        // Both are the same error at Pulsoid, told apart by their description.
        case .denied: throw OAuthRefusal(.invalidGrant, "the user has denied access")
        case .used(let grantID): throw try await replayed(.deviceCode, grantID: grantID, origin)
        case .unknown:
            securityLog.refused(RefusedSecret(kind: .deviceCode, reason: .unknown), origin)
            throw OAuthRefusal(.invalidGrant, "there is no such device code")
        case .allowed(let consent):
            return try await issue(consent, .deviceCode, origin) { grantID in
                await devices.redeemed(code, grantID: grantID)
            } putBack: {
                await devices.putBack(code)
            }
        }
    }

    /// Where a person reaches the hub: its public address, or where the client reached it. A client that forges the headers
    /// deceives only itself: it alone gets the answer, which nothing may keep.
    ///
    /// - Throws: 400 for a `Host` that is no name or address with a port, and for a prefix that is no plain path.
    func baseURL(_ request: Request) throws(Failure) -> String {
        if let publicAddress { return publicAddress }
        guard let host = request.head.authority, !host.isEmpty,
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".:-_[]".contains($0)) })
        else { throw Failure(.badRequest, "the Host header must be a name or an address") }
        // A proxy in front that ends TLS says so.
        let isSecure = HTTPField.Name("X-Forwarded-Proto").flatMap { request.headers[$0] } == "https"
        return try "\(isSecure ? "https" : request.head.scheme ?? "http")://\(host)" + Self.pathPrefix(request)
    }
}

extension HubResponder {
    /// The path below which a proxy in front serves the hub, as it says itself: `/heart`. Empty without one.
    private static func pathPrefix(_ request: Request) throws(Failure) -> String {
        guard let value = HTTPField.Name("X-Forwarded-Prefix").flatMap({ request.headers[$0] }) else { return "" }
        guard let prefix = PathPrefix(value) else {
            throw Failure(.badRequest, "the X-Forwarded-Prefix header must be a path like /heart")
        }
        return prefix.text
    }
}

extension OAuthRefusal {
    static var unknownClient: OAuthRefusal { OAuthRefusal(.invalidClient, "there is no such client_id") }
}
