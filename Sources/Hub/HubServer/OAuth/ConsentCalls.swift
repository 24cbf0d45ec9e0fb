import HTTPTypes
import HubAPI
import HubStore
import HummingbirdCore
import NIOCore
import PulsoidAPI
import Timing

/// The pages on which a user allows or denies a program: for devices (RFC 8628) and for the authorization code grant.
struct ConsentCalls: Sendable {
    private let store: HubStore
    private let limits: HubLimits
    private let devices: DeviceCodeStore
    private let codes: AuthorizationCodeStore
    private let securityLog: SecurityLog

    init(
        store: HubStore, limits: HubLimits, devices: DeviceCodeStore, codes: AuthorizationCodeStore,
        securityLog: SecurityLog
    ) {
        self.store = store
        self.limits = limits
        self.devices = devices
        self.codes = codes
        self.securityLog = securityLog
    }

    // MARK: Devices

    /// The page on which a user allows or denies a device. To allow it, the user enters a token. The device gets no
    /// more than that token is good for. A token for an overlay's address, and a program's own token, may not allow
    /// programs.
    func deviceConsent(_ open: OpenRequest, _ writer: borrowing ResponseWriter) async throws -> HubResponse {
        let (request, target, context) = (open.request, open.target, open.context)
        let origin = context.origin(route: open.route)
        var asked: (code: UserCode, request: DeviceAuthorizations.DeviceRequest)?
        var entered = target.query(PulsoidPath.Query.userCode) ?? ""
        do {
            guard request.method == .post else {
                guard let text = target.query(PulsoidPath.Query.userCode) else { return ConsentPage.enterCode() }
                // Another site's page can cause this request, so the code is neither looked up nor counted. A user
                // who followed a link there presses Continue.
                guard Self.isOwnNavigation(request) else { return ConsentPage.enterCode(code: UserCode(text)) }
                return ConsentPage.ask(try await devices.request(text, from: .network(context.client.network)))
            }
            // There is no cookie that another site's form could use. Still, only a form of this page counts.
            guard Self.isOwnPage(request) else { throw ConsentRefusal.foreignPage }
            let form: Form
            do {
                form = try await Form(of: request, upTo: limits.formBodyBytes, writer: writer)
            } catch is OAuthRefusal {
                throw ConsentRefusal.malformedForm
            }
            entered = form[PulsoidPath.Query.userCode] ?? ""
            let (code, waiting) = try await devices.request(entered, from: try await guesser(form, context))
            asked = (code, waiting)
            if form["decision"] == "show" { return ConsentPage.ask((code, waiting)) }
            let decision = try await decision(form, client: waiting.client, scopes: waiting.scopes, origin)
            try await devices.decide(decision, code)
            note(decision, client: waiting.client, scopes: waiting.scopes, origin)
            return ConsentPage.done(waiting, decision)
        } catch let refusal as ConsentRefusal {
            note(refusal, origin)
            if let asked { return ConsentPage.ask(asked, refusal) }
            return ConsentPage.enterCode(refusal, code: UserCode(entered))
        }
    }

    // MARK: Authorization codes

    /// `/auth`: the page to which a program sends a user. The user returns to the program with a code, or with
    /// `access_denied`.
    ///
    /// The hub redirects only to registered addresses. If the program or its address is unknown, the page says so and
    /// does not redirect.
    func authorization(_ open: OpenRequest, _ writer: borrowing ResponseWriter) async throws -> HubResponse {
        let (request, target, context) = (open.request, open.target, open.context)
        let origin = context.origin(route: open.route)
        var asked: AuthorizationRequest?
        do {
            guard request.method == .post else {
                return ConsentPage.authorize(try await authorizationRequest { target.query($0) })
            }
            guard Self.isOwnPage(request) else { throw ConsentRefusal.foreignPage }
            let form: Form
            do {
                form = try await Form(of: request, upTo: limits.formBodyBytes, writer: writer)
            } catch is OAuthRefusal {
                throw ConsentRefusal.malformedForm
            }
            let authorization = try await authorizationRequest { form[$0] }
            asked = authorization
            return try await answer(authorization, form, context, origin)
        } catch let refusal as ConsentRefusal {
            note(refusal, origin)
            return ConsentPage.authorize(asked, refusal)
        }
    }

    private func answer(
        _ asked: AuthorizationRequest, _ form: Form, _ context: RequestContext, _ origin: SecurityOrigin
    ) async throws -> HubResponse {
        if let seconds = await devices.secondsToWait(try await guesser(form, context)) {
            throw ConsentRefusal.tooManyGuesses(seconds: seconds)
        }
        let decision = try await decision(form, client: asked.client, scopes: asked.scopes, origin)
        note(decision, client: asked.client, scopes: asked.scopes, origin)
        guard case .allowed(let userID, let token) = decision else {
            return .seeOther(asked.answer([("error", "access_denied")]))
        }
        let consent = AuthorizationCodes.Consent(
            given: ProgramConsent(clientID: asked.client.id, userID: userID, token: token, scopes: asked.scopes),
            redirectURI: asked.isRedirectNamed ? asked.redirect.text : nil, challenge: asked.challenge)
        guard let code = try await codes.issue(consent, from: context.client.network) else {
            return .seeOther(asked.answer([("error", "temporarily_unavailable")]))
        }
        return .seeOther(asked.answer([("code", code)]))
    }

    private func authorizationRequest(_ parameter: (String) -> String?) async throws -> AuthorizationRequest {
        guard let id = parameter("client_id"), let client = try await store.oauth.client(id) else {
            throw ConsentRefusal.unknownClient
        }
        let named = parameter("redirect_uri")
        let registered = client.redirectURIs
        guard let text = named ?? (registered.count == 1 ? registered[0] : nil), registered.contains(text),
            let redirect = RedirectURI(text)
        else { throw ConsentRefusal.unknownRedirect }
        let scopes: [String]
        do {
            scopes = try parameter("scope").map { try HubScope.requested($0) } ?? [HubScope.beatsWrite]
        } catch {
            throw ConsentRefusal.unknownScope
        }
        guard parameter("response_type") == "code" else { throw ConsentRefusal.unknownResponseType }
        return AuthorizationRequest(
            client: client, scopes: scopes, redirect: redirect, isRedirectNamed: named != nil,
            state: parameter("state"), challenge: try Self.challenge(parameter))
    }

    private static func challenge(_ parameter: (String) -> String?) throws(ConsentRefusal) -> CodeChallenge? {
        do {
            return try CodeChallenge.named(
                parameter("code_challenge"), method: parameter("code_challenge_method"))
        } catch {
            throw error == .method ? .challengeMethod : .malformedChallenge
        }
    }

    // MARK: Decision

    private func decision(
        _ form: Form, client: Client, scopes: [String], _ origin: SecurityOrigin
    ) async throws -> DeviceAuthorizations.Decision {
        switch form["decision"] {
        // Denying needs no token.
        case "deny": return .denied
        case "allow": break
        default: throw ConsentRefusal.malformedForm
        }
        guard let entered = form[PulsoidPath.Query.accessToken] else { throw ConsentRefusal.tokenMissing }
        let hash = TokenHash(of: entered)
        let token = try await store.oauth.token(hash)
        func refused(_ reason: RefusedSecret.Reason) {
            securityLog.refused(
                RefusedSecret(kind: .consentToken, reason: reason, tokenID: token.map(\.hash.tokenID)), origin)
        }
        switch token.map({ $0.refusal(of: scopes, at: store.time.now().wallMilliseconds) }) {
        case nil, .notAUsers??:
            refused(token == nil ? .unknown : token?.grantID == nil ? .expired : .mayNotConsent)
            await devices.enteredWrongToken(from: origin.client.network)
            throw ConsentRefusal.tokenUnknown
        case .mayNotConsent??:
            refused(.mayNotConsent)
            throw ConsentRefusal.tokenMayNotConsent
        case .lacks(let missing)??:
            refused(.lacksScopes)
            throw ConsentRefusal.tokenLacks(scopes: missing)
        case .some(nil): break
        }
        guard let token else { throw ConsentRefusal.tokenUnknown }
        let consent = ProgramConsent(clientID: client.id, userID: token.userID, token: hash, scopes: scopes)
        guard try await store.oauth.mayGrantMore(consent, GrantLimits(limits)) else {
            throw ConsentRefusal.tooManyGrants(count: limits.grantsPerUserAndClient)
        }
        return .allowed(userID: token.userID, by: hash)
    }

    /// Logs the decision.
    private func note(
        _ decision: DeviceAuthorizations.Decision, client: Client, scopes: [String], _ origin: SecurityOrigin
    ) {
        let program = [(key: "client", value: client.id), ("scopes", scopes.joined(separator: ","))]
        switch decision {
        case .denied: securityLog.consent("denied", program, origin)
        case .allowed(let userID, let token):
            securityLog.consent("allowed", program + [("user", "\(userID)"), ("token", token.tokenID)], origin)
        }
    }

    /// Logs a refusal of a consent page, if it is not in the log already.
    private func note(_ refusal: ConsentRefusal, _ origin: SecurityOrigin) {
        switch refusal {
        case .unknownCode: securityLog.refused(RefusedSecret(kind: .userCode, reason: .unknown), origin)
        case .tooManyGuesses: securityLog.refused(RefusedSecret(kind: .userCode, reason: .tooMany), origin)
        case .foreignPage: securityLog.consent("refused", [("reason", "foreign_page")], origin)
        case .tooManyGrants: securityLog.consent("refused", [("reason", "too_many_grants")], origin)
        case .malformedForm, .tokenMissing, .tokenUnknown, .tokenLacks, .tokenMayNotConsent, .unknownClient,
            .unknownRedirect, .unknownScope, .unknownResponseType, .challengeMethod, .malformedChallenge:
            break
        }
    }

    /// The source of an entry. A token that may allow programs counts for itself, so others cannot block it.
    private func guesser(_ form: Form, _ context: RequestContext) async throws -> ConsentGuesses.Guesser {
        let network = ConsentGuesses.Guesser.network(context.client.network)
        guard let entered = form[PulsoidPath.Query.accessToken] else { return network }
        let token = try await store.oauth.token(TokenHash(of: entered))
        guard let token, token.mayAllow([], at: store.time.now().wallMilliseconds) else { return network }
        return .token(token.hash)
    }

    /// Whether a form came from the hub's own page, as far as the browser reports it. Other programs report nothing.
    private static func isOwnPage(_ request: Request) -> Bool {
        if let site = fetchSite.flatMap({ request.headers[$0] }) { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        return isOwn(origin, request)
    }

    /// Whether a user or the hub's own page caused the request, as far as the browser reports it.
    private static func isOwnNavigation(_ request: Request) -> Bool {
        guard isOwnPage(request) else { return false }
        guard let referer = request.headers[.referer] else { return true }
        // The address without its path.
        let end = referer.firstRange(of: "://").map { start in
            referer[start.upperBound...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? referer.endIndex
        }
        return isOwn(String(referer[..<(end ?? referer.endIndex)]), request)
    }

    /// Whether an origin is the hub's. A proxy may have ended TLS, so both schemes count.
    private static func isOwn(_ origin: String, _ request: Request) -> Bool {
        guard let authority = request.head.authority else { return false }
        return origin == "http://\(authority)" || origin == "https://\(authority)"
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")
}

extension HubResponse {
    /// Redirects a browser, with `GET`.
    fileprivate static func seeOther(_ location: String) -> HubResponse {
        HubResponse(
            status: .seeOther, fields: [.location: location, .cacheControl: "no-store"], body: ByteBuffer())
    }
}
