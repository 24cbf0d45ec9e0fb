/// The origin of a request, for the security log. A reference, because many asynchronous calls pass it on.
final class SecurityOrigin: Sendable {
    let client: PeerAddress
    /// The call, with its variable parts named.
    let route: String

    init(client: PeerAddress, route: String) {
        self.client = client
        self.route = route
    }
}
