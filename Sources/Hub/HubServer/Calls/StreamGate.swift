import HTTPTypes
import HubStore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Decides whether a request becomes a stream.
struct StreamGate: Sendable {
    let responder: HubResponder

    /// What a WebSocket is to be opened for; nil when the request may not have it. Then it goes on as plain HTTP, and
    /// ``HubResponder`` answers why.
    func subscription(_ head: HTTPRequestHead, peer: PeerAddress) async -> Subscription? {
        guard head.method == .GET, let target = RequestTarget(head.uri),
            let endpoint = Endpoint(target.segments), endpoint.isStream
        else { return nil }
        let fields = HTTPFields(head.headers, splitCookie: false)
        let client = responder.trustedProxies.client(peer: peer, fields: fields)
        guard WebSocketHandshake.failure(fields) == nil,
            let grant = try? await responder.grant(endpoint, fields: fields, target: target, client: client),
            var subscription = try? Subscription(endpoint, grant: grant, target: target),
            (try? await responder.pacing.admit(grant.token.hash)) != nil,
            let place = responder.streams.take(grant)
        else { return nil }
        subscription.place = place
        return subscription
    }

    /// Whether a request for a stream was judged by a gate before it came to ``HubResponder``: then it is counted
    /// already.
    static func decides(_ method: HTTPRequest.Method, _ endpoint: Endpoint, _ fields: HTTPFields) -> Bool {
        endpoint.isStream && method == .get && WebSocketHandshake.failure(fields) == nil
            && fields[.contentLength] == nil && fields[.transferEncoding] == nil
    }
}
