import HTTPTypes
import HubStore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Decides whether a request becomes a stream.
struct StreamAuthorizer: Sendable {
    let responder: HubResponder

    /// The subscription of a new WebSocket; nil if the request may not have one. Then it goes on as plain HTTP, and
    /// ``HubResponder`` answers with the reason.
    func subscription(_ head: HTTPRequestHead, peer: PeerAddress) async -> StreamSubscription? {
        guard head.method == .GET, let target = RequestTarget(head.uri),
            let match = CallTable.router.match(target.segments),
            case .stream(let access, let kind) = match.path.call(.get)?.handling
        else { return nil }
        let fields = HTTPFields(head.headers, splitCookie: false)
        let client = responder.trustedProxies.client(peer: peer, fields: fields)
        guard WebSocketHandshake.failure(fields) == nil,
            let grant = try? await responder.grant(
                access, parameters: match.parameters, fields: fields, target: target, client: client),
            let stream = try? StreamSubscription.Stream(kind, parameters: match.parameters, target: target),
            (try? responder.pacing.admit(grant.token.hash)) != nil,
            let place = responder.streams.take(grant)
        else { return nil }
        return StreamSubscription(
            userID: grant.user.id, token: grant.token, stream: stream, route: match.path.route, place: place)
    }

    /// Whether an authorizer judged a request for a stream before ``HubResponder`` got it. Then it was counted already.
    static func decides(_ method: HTTPRequest.Method, _ fields: HTTPFields) -> Bool {
        method == .get && WebSocketHandshake.failure(fields) == nil
            && fields[.contentLength] == nil && fields[.transferEncoding] == nil
    }
}
