/// Where a request came from, for the security log. One for each request, which many asynchronous calls hand on: a reference.
final class SecurityOrigin: Sendable {
    let client: PeerAddress
    /// The call, with its variable parts named.
    let route: String

    convenience init(_ context: RequestContext, route: String) {
        self.init(client: context.client, route: route)
    }

    init(client: PeerAddress, route: String) {
        self.client = client
        self.route = route
    }
}
