import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Decides whether a request becomes a stream.
struct StreamGate: Sendable {
    let responder: HubResponder
    let isOverloaded: @Sendable () -> Bool

    /// What a WebSocket is to be opened for; nil when the request may not have it. Then it goes on as plain HTTP, and
    /// ``HubResponder`` answers why.
    func subscription(_ head: HTTPRequestHead, peer: PeerAddress) async -> Subscription? {
        guard !isOverloaded(), head.method == .GET, let target = RequestTarget(head.uri),
            let endpoint = Endpoint(target.segments), endpoint.isStream
        else { return nil }
        let fields = HTTPFields(head.headers, splitCookie: false)
        guard WebSocketHandshake.failure(fields) == nil,
            let grant = try? await responder.grant(endpoint, fields: fields, target: target),
            (try? await responder.pacing.admit(grant.token.hash)) != nil
        else { return nil }
        return try? Subscription(endpoint, grant: grant, target: target)
    }
}
