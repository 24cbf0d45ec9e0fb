import HTTPTypes
import HubAPI
import HubStore
import HummingbirdCore
import NIOCore
import PulsoidAPI

extension HubResponder {
    /// `/auth`: the page to which a program sends a person, who goes back to the program with a code, or with `access_denied`.
    ///
    /// A person is sent to registered addresses alone; where the program or its address is not known, the page says so and
    /// sends nobody anywhere.
    func authorization(
        _ request: Request, target: RequestTarget, context: RequestContext, writer: borrowing ResponseWriter,
        _ origin: SecurityOrigin
    ) async throws -> HubResponse {
        var asked: AuthorizationRequest?
        do {
            guard request.method == .post else {
                return ConsentPage.authorize(try await authorizationRequest { target.query($0) })
            }
            guard Self.isOwnPage(request) else { throw ConsentRefusal.foreignPage }
            let form: Form
            do {
                form = try await self.form(of: request, writer: writer)
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
        guard let id = parameter("client_id"), let client = try await store.client(id) else {
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

    /// The grant type `authorization_code` of both services' token calls.
    func redeemCode(
        _ form: Form, _ client: Client, _ origin: SecurityOrigin
    ) async throws -> (pair: TokenPair, userID: Int64) {
        guard let code = form["code"] else { throw OAuthRefusal(.invalidRequest, "code is missing") }
        // Without a secret whoever saw the code could exchange it.
        guard client.isConfidential else {
            throw OAuthRefusal(.unauthorizedClient, "this grant is for clients with a client_secret")
        }
        let answer = await codes.redeem(
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
                await codes.redeemed(code, grantID: grantID)
            } putBack: {
                await codes.putBack(code)
            }
            return (pair, consent.given.userID)
        }
    }
}

extension HubResponse {
    /// Sends a browser on, with `GET`.
    fileprivate static func seeOther(_ location: String) -> HubResponse {
        HubResponse(
            status: .seeOther, fields: [.location: location, .cacheControl: "no-store"], body: ByteBuffer())
    }
}
