import HTTPTypes
import HubStore

/// The open streams of tokens and users: one token, and one user, cannot take all connections of the hub.
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

    /// A stream that was closed may be tried again after this; when one ends, nobody knows.
    private static let retrySeconds = 10

    private let limits: HubLimits
    private let ofTokens: Places<TokenHash>
    private let ofUsers: Places<Int64>

    init(limits: HubLimits) {
        self.limits = limits
        ofTokens = Places(limit: limits.streamsPerToken)
        ofUsers = Places(limit: limits.streamsPerToken == 0 ? 0 : limits.streamsPerUser)
    }

    /// Nil when the token or its user has as many streams as they may have, see ``refusal(_:)``.
    func take(_ grant: Access.Grant) -> Place? {
        guard let ofToken = ofTokens.take(grant.token.hash), let ofUser = ofUsers.take(grant.user.id) else {
            return nil
        }
        return Place(ofToken: ofToken, ofUser: ofUser)
    }

    /// Why there is no place now; nil when there is one.
    func refusal(_ grant: Access.Grant) -> Failure? {
        let reason: String
        if ofTokens.isFull(grant.token.hash) {
            reason = "at most \(limits.streamsPerToken) open streams with one token"
        } else if ofUsers.isFull(grant.user.id) {
            reason = "at most \(limits.streamsPerUser) open streams of one user"
        } else {
            return nil
        }
        return Failure(.tooManyRequests, reason, fields: [.retryAfter: String(Self.retrySeconds)])
    }
}
