import CardiogramAPI
import HTTPTypes
import HubStore
import PulsoidAPI

/// Decides who may do what, out of one state of the ``Directory``.
struct Access: Sendable {
    /// On whose behalf a request is answered.
    struct Grant: Sendable {
        let user: User
        let token: Token
    }

    let directory: Directory
    /// Milliseconds since the Unix epoch.
    let now: Int64

    /// - Throws: 401 without a token, with one that is unknown or expired, or without the scope (as the pages of the calls
    ///   have it, where Pulsoid's older table of errors says 403); 403 when the scope is there but the room or the user of
    ///   the path is somebody else's.
    func grant(_ endpoint: Endpoint, accessToken: String) throws(Failure) -> Grant {
        guard let token = directory.tokens[TokenHash(of: accessToken)], let user = directory.users[token.userID] else {
            throw Failure(.tokenNotFound)
        }
        if token.isExpired(atMilliseconds: now) { throw Failure(.tokenExpired) }
        if let scope = endpoint.scope, !token.grants(scope) { throw Failure(.insufficientScope) }
        switch endpoint {
        case .roomRealTime(let roomID) where directory.rooms[roomID]?.members[user.id] == nil:
            // The same for a room that does not exist: what rooms there are is nobody else's business.
            throw Failure(.forbidden, "not a member of the room")
        case .beats(let userID) where userID != String(user.id):
            throw Failure(.userDoesNotMatchToken)
        default:
            return Grant(user: user, token: token)
        }
    }
}
