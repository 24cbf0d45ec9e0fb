import HTTPTypes
import HubStore
import PulsoidAPI
import Timing

extension HubResponder {
    /// Lets the administration pass, and nobody else. Its token is taken out of a header alone: addresses end up in logs.
    ///
    /// - Throws: 401 without a token or with one that nobody knows or that has expired; 403 with a user's; 429 when too
    ///   many requests from the client's address were refused.
    func requireAdministrator(_ fields: HTTPFields, _ origin: SecurityOrigin) async throws {
        let now = store.time.now().wallMilliseconds
        do {
            let accessToken = try Credentials.accessToken(fields: fields, target: nil)
            try store.directory.requireAdministrator(accessToken, now: now)
        } catch {
            try addresses.admit(.refused, from: origin.client.network)
            let accessToken = try Credentials.accessToken(fields: fields, target: nil)
            // As in `grant`: what was issued a moment ago counts at once.
            try await store.refreshDirectory()
            do {
                try store.directory.requireAdministrator(accessToken, now: now)
            } catch {
                note(error, of: .adminToken, accessToken, origin)
                throw error
            }
        }
    }
}

extension Directory {
    /// `now` is in milliseconds since the Unix epoch.
    fileprivate func requireAdministrator(_ accessToken: String, now: Int64) throws(Failure) {
        let hash = TokenHash(of: accessToken)
        guard let expiry = adminTokens[hash] else {
            throw tokens[hash] == nil
                ? Failure(.tokenNotFound) : Failure(.forbidden, "this takes a token of the administration")
        }
        if let expiresAt = expiry.milliseconds, expiresAt <= now { throw Failure(.tokenExpired) }
    }
}
