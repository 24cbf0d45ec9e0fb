import HTTPTypes
import HubStore
import HummingbirdCore
import PulsoidAPI

extension HubResponder {
    /// Logs a token that `grant` refuses.
    func notingRefusal(
        _ endpoint: Endpoint, _ request: Request, _ target: RequestTarget, _ context: RequestContext,
        _ grant: () async throws -> Access.Grant
    ) async throws -> Access.Grant {
        do {
            return try await grant()
        } catch let failure as Failure {
            if let token = try? Credentials.accessToken(fields: request.headers, target: target) {
                let origin = SecurityOrigin(context, route: endpoint.route)
                note(failure, of: .accessToken, token, origin)
            }
            throw failure
        }
    }

    /// Logs that a token was refused. A good one that lacks a scope, or that is for another room, is none of these.
    func note(
        _ failure: Failure, of kind: RefusedSecret.Kind, _ accessToken: String, _ origin: SecurityOrigin
    ) {
        let reason: RefusedSecret.Reason
        switch failure.code {
        case String(ErrorCode.tokenNotFound.rawValue): reason = .unknown
        case String(ErrorCode.tokenExpired.rawValue): reason = .expired
        default:
            guard kind == .adminToken, failure.status == .forbidden else { return }
            reason = .notAdmin
        }
        let hash = TokenHash(of: accessToken)
        let isKnown = store.directory.tokens[hash] != nil
        securityLog.refused(RefusedSecret(kind: kind, reason: reason, tokenID: isKnown ? hash.tokenID : nil), origin)
    }
}
