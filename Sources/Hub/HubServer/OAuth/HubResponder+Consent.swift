import HTTPTypes
import HubStore
import HummingbirdCore
import PulsoidAPI
import Timing

extension HubResponder {
    /// The page on which a person allows a device, or refuses it. Whoever allows it shows with a token of theirs who they
    /// are, and can give away no more than that token is good for. To allow is a right of its own: a token for an overlay's
    /// address does not have it, and a program's own token never does.
    func consent(
        _ request: Request, target: RequestTarget, context: RequestContext, writer: borrowing ResponseWriter,
        _ origin: SecurityOrigin
    ) async throws -> HubResponse {
        var asked: (code: UserCode, request: DeviceAuthorizations.Request)?
        var entered = target.query(PulsoidPath.Query.userCode) ?? ""
        do {
            guard request.method == .post else {
                guard let text = target.query(PulsoidPath.Query.userCode) else { return ConsentPage.enterCode() }
                // Another site's page can make a browser ask: the code is neither looked up nor counted then. A person
                // who followed a link there presses Continue.
                guard Self.isOwnNavigation(request) else { return ConsentPage.enterCode(code: UserCode(text)) }
                return ConsentPage.ask(try await devices.request(text, from: .network(context.client.network)))
            }
            // There is no cookie that another site's form could make use of; yet a form that a person did not see here
            // is none that they filled in.
            guard Self.isOwnPage(request) else { throw ConsentRefusal.foreignPage }
            let form: Form
            do {
                form = try await self.form(of: request, writer: writer)
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

    func decision(
        _ form: Form, client: Client, scopes: [String], _ origin: SecurityOrigin
    ) async throws -> DeviceAuthorizations.Decision {
        switch form["decision"] {
        // Whoever knows the code may refuse.
        case "deny": return .denied
        case "allow": break
        default: throw ConsentRefusal.malformedForm
        }
        guard let entered = form[PulsoidPath.Query.accessToken] else { throw ConsentRefusal.tokenMissing }
        let hash = TokenHash(of: entered)
        let token = try await store.keptToken(hash)
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
        guard try await store.mayGrantMore(consent, GrantLimits(limits)) else {
            throw ConsentRefusal.tooManyGrants(count: limits.grantsPerUserAndClient)
        }
        return .allowed(userID: token.userID, by: hash)
    }

    /// Logs what somebody has decided.
    func note(
        _ decision: DeviceAuthorizations.Decision, client: Client, scopes: [String], _ origin: SecurityOrigin
    ) {
        let program = [(key: "client", value: client.id), ("scopes", scopes.joined(separator: ","))]
        switch decision {
        case .denied: securityLog.consent("denied", program, origin)
        case .allowed(let userID, let token):
            securityLog.consent("allowed", program + [("user", "\(userID)"), ("token", token.tokenID)], origin)
        }
    }

    /// Logs what was refused on a page of consent, where the log does not have it already.
    func note(_ refusal: ConsentRefusal, _ origin: SecurityOrigin) {
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

    /// Who enters something: whoever has a token that may allow programs is counted by it, and so not held up by others.
    func guesser(_ form: Form, _ context: RequestContext) async throws -> ConsentGuesses.Guesser {
        let network = ConsentGuesses.Guesser.network(context.client.network)
        guard let entered = form[PulsoidPath.Query.accessToken] else { return network }
        let token = try await store.keptToken(TokenHash(of: entered))
        guard let token, token.mayAllow([], at: store.time.now().wallMilliseconds) else { return network }
        return .token(token.hash)
    }

    /// What a browser says of the page that sent a form. Programs that are no browsers say nothing.
    static func isOwnPage(_ request: Request) -> Bool {
        if let site = fetchSite.flatMap({ request.headers[$0] }) { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        return isOwn(origin, request)
    }

    /// Whether a page is asked for by a person, or by the hub's own page, as far as the browser says so.
    private static func isOwnNavigation(_ request: Request) -> Bool {
        guard isOwnPage(request) else { return false }
        guard let referer = request.headers[.referer] else { return true }
        // The address without its path.
        let end = referer.firstRange(of: "://").map { start in
            referer[start.upperBound...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? referer.endIndex
        }
        return isOwn(String(referer[..<(end ?? referer.endIndex)]), request)
    }

    /// Whether an origin is where the hub was asked. A proxy may have ended TLS, so both schemes are.
    private static func isOwn(_ origin: String, _ request: Request) -> Bool {
        guard let authority = request.head.authority else { return false }
        return origin == "http://\(authority)" || origin == "https://\(authority)"
    }

    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")
}
