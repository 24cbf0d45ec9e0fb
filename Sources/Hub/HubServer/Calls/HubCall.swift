import CardiogramAPI
import HTTPTypes
import HubStore
import HummingbirdCore
import NIOCore

/// One call of the hub: a row of ``CallTable``. A class, so that a request does not copy its parts.
final class HubCall: Sendable {
    /// How a request is admitted and answered.
    enum Handling: Sendable {
        /// Needs no token. Requests count towards a limit of their address.
        case open(AddressRateLimiter.Kind, OpenHandler)
        /// Needs a token of the administration.
        case administration(AdministrationHandler)
        /// `/metrics`: needs a token of the administration; requests do not count towards the limit of administration.
        case metrics
        /// Needs a user's token.
        case user(UserAccess, bodyBytes: (@Sendable (HubLimits) -> Int)?, UserHandler)
        /// Needs a user's token, and becomes a WebSocket.
        case stream(UserAccess, StreamKind)
    }

    typealias OpenHandler = @Sendable (HubResponder, OpenRequest, borrowing ResponseWriter) async throws -> HubResponse
    typealias AdministrationHandler =
        @Sendable (AdministrationCalls, AdministrationRequest) async throws -> AdministrationResponse
    typealias UserHandler = @Sendable (HubResponder, UserRequest) async throws -> HubResponse

    let method: HTTPRequest.Method
    /// The path with its variable parts named: `/api/v2/data/rooms/{roomId}/real_time`.
    let path: String
    /// The name in metrics: ``path``, unless several paths share one.
    let route: String
    let handling: Handling

    init(_ method: HTTPRequest.Method, _ path: String, route: String? = nil, _ handling: Handling) {
        self.method = method
        self.path = path
        self.route = route ?? path
        self.handling = handling
    }

    var isStream: Bool {
        if case .stream = handling { true } else { false }
    }

    /// The limit for requests that are answered without a token: `OPTIONS`, and methods that the path does not have.
    var strangerLimit: AddressRateLimiter.Kind {
        if case .open(let kind, _) = handling { kind } else { .page }
    }
}

/// The token that a user's call needs.
struct UserAccess: Sendable {
    /// The relation between the first variable part of the path and the token's user.
    enum PathRule: Sendable {
        case none
        /// The part is the user's number.
        case isUser
        /// The part is a room of the user's.
        case isRoomOfUser
    }

    /// Nil if any token will do.
    let scope: String?
    var pathRule = PathRule.none
    /// The API whose rate limit the call counts towards.
    var api = RequestRateLimiter.API.pulsoid

    /// - Throws: 401 as ``AccountDirectory/grant(_:scope:now:)``; 403 if the room or the user of the path is another's.
    func grant(
        _ accessToken: String, parameters: [String], in directory: AccountDirectory, now: Int64
    ) throws(HubHTTPError) -> AccessGrant {
        let grant = try directory.grant(accessToken, scope: scope, now: now)
        switch pathRule {
        case .none: break
        case .isUser:
            guard parameters.first == String(grant.user.id) else { throw HubHTTPError(.userDoesNotMatchToken) }
        case .isRoomOfUser:
            // The same for a room that does not exist: strangers must not learn which rooms there are.
            guard let roomID = parameters.first, directory.rooms[roomID]?.members[grant.user.id] != nil else {
                throw HubHTTPError(.forbidden, "not a member of the room")
            }
        }
        return grant
    }
}

/// An admitted request of a user's call.
struct UserRequest: Sendable {
    let target: RequestTarget
    let grant: AccessGrant
    let body: ByteBuffer
}
