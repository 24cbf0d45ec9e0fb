import HTTPTypes
import HubStore

/// Limits the open streams of each token and each user: none can take all connections of the hub.
struct StreamPlaces: Sendable {
    /// The place of one stream.
    struct Place: Sendable {
        let ofToken: Places<TokenHash>.Place
        let ofUser: Places<Int64>.Place

        func leave() {
            ofToken.leave()
            ofUser.leave()
        }
    }

    /// `Retry-After` of a refused stream. The hub does not know when another one ends.
    private static let retrySeconds = 10

    private let limits: HubLimits
    private let ofTokens: Places<TokenHash>
    private let ofUsers: Places<Int64>

    init(limits: HubLimits) {
        self.limits = limits
        ofTokens = Places(limit: limits.streamsPerToken)
        ofUsers = Places(limit: limits.streamsPerToken == 0 ? 0 : limits.streamsPerUser)
    }

    /// Nil if the token or its user has no free place, see ``refusal(_:)``.
    func take(_ grant: AccessGrant) -> Place? {
        guard let ofToken = ofTokens.take(grant.token.hash), let ofUser = ofUsers.take(grant.user.id) else {
            return nil
        }
        return Place(ofToken: ofToken, ofUser: ofUser)
    }

    /// The reason why there is no free place; nil if there is one.
    func refusal(_ grant: AccessGrant) -> HubHTTPError? {
        let reason: String
        if ofTokens.isFull(grant.token.hash) {
            reason = "at most \(limits.streamsPerToken) open streams with one token"
        } else if ofUsers.isFull(grant.user.id) {
            reason = "at most \(limits.streamsPerUser) open streams of one user"
        } else {
            return nil
        }
        return HubHTTPError(.tooManyRequests, reason, fields: [.retryAfter: String(Self.retrySeconds)])
    }
}
