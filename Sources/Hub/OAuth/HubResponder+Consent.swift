import HTTPTypes
import HummingbirdCore
import PulsoidAPI
import Timing

extension HubResponder {
    /// The page on which a person allows a device, or refuses it. Whoever allows it shows with a token of theirs who they
    /// are, and can give away no more than that token is good for. A client's token will not do: with it, a client could
    /// let itself in for ever.
    func consent(
        _ request: Request, target: RequestTarget, writer: borrowing ResponseWriter
    ) async throws -> HubResponse {
        var asked: (code: UserCode, request: DeviceAuthorizations.Request)?
        do {
            guard request.method == .post else {
                guard let text = target.query(PulsoidPath.Query.userCode) else { return ConsentPage.enterCode() }
                return ConsentPage.ask(try await devices.request(text))
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
            let (code, waiting) = try await devices.request(form[PulsoidPath.Query.userCode] ?? "")
            asked = (code, waiting)
            let decision = try await decision(form, scopes: waiting.scopes)
            try await devices.decide(decision, code)
            return ConsentPage.done(waiting, decision)
        } catch let refusal as ConsentRefusal {
            if let asked { return ConsentPage.ask(asked, refusal) }
            return ConsentPage.enterCode(refusal)
        }
    }

    func decision(
        _ form: Form, scopes: [String]
    ) async throws -> DeviceAuthorizations.Decision {
        switch form["decision"] {
        // Whoever knows the code may refuse.
        case "deny": return .denied
        case "allow": break
        default: throw ConsentRefusal.malformedForm
        }
        guard let entered = form[PulsoidPath.Query.accessToken] else { throw ConsentRefusal.tokenMissing }
        // What was issued a moment ago counts at once.
        try await store.refreshDirectory()
        let token = store.directory.tokens[TokenHash(of: entered)]
        guard let token, token.clientID == nil, !token.isExpired(atMilliseconds: store.time.now().wallMilliseconds)
        else {
            await devices.enteredWrongToken()
            throw ConsentRefusal.tokenUnknown
        }
        let missing = scopes.filter { !token.grants($0) }
        guard missing.isEmpty else { throw ConsentRefusal.tokenLacks(scopes: missing) }
        return .allowed(userID: token.userID)
    }

    /// What a browser says of the page that sent a form. Programs that are no browsers say nothing.
    static func isOwnPage(_ request: Request) -> Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            return site == "same-origin" || site == "none"
        }
        guard let origin = request.headers[.origin] else { return true }
        return origin.split(separator: "/").last.map(String.init) == request.head.authority
    }
}
