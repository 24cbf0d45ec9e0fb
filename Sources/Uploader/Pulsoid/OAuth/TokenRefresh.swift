import Tokens

/// Decides when a token is renewed: stored tokens and answers in, a decision out. It has no clock and no I/O.
///
/// | The access token | and the last refresh | decision |
/// | --- | --- | --- |
/// | comes without a refresh token | | use it as it is |
/// | good for more than ``margin`` | | use it |
/// | ends within ``margin``, or was refused | none within ``interval`` | refresh |
/// | ends within ``margin`` | failed, or was within ``interval`` | use it: the service knows better when it ends |
/// | was refused | succeeded within ``interval`` | use it: another refresh would not help |
/// | was refused | failed for now | later, after the backoff |
/// | was refused | was rejected | ended, until the file holds another refresh token |
struct TokenRefresh {
    enum Decision: Equatable {
        case use(AccessToken)
        case refresh(AccessToken)
        case later(after: Duration, reason: String)
        case ended(reason: String)
    }

    /// Longer than a request or a refresh takes, and than a clock is usually wrong.
    static let marginSeconds: Int64 = 300
    /// A service that gives tokens which end at once, or that it then does not take, is not asked more often.
    static let interval: Duration = .seconds(60)

    private var lastSuccess: Duration?
    private var failure: (until: Duration, reason: String)?
    private var rejection: (refresh: AccessToken, reason: String)?
    private(set) var failuresInARow = 0

    /// `refused` is the access token that the service has just not taken, if there is one; `now` is any time that never
    /// goes back.
    func decide(_ stored: StoredToken, refused: AccessToken?, wallSeconds: Int64, now: Duration) -> Decision {
        let use = Decision.use(stored.access)
        let isRefused = refused == stored.access
        let isDue = stored.expiresAtSeconds.map { $0 - Self.marginSeconds <= wallSeconds } ?? false
        guard let refresh = stored.refresh, isRefused || isDue else { return use }
        if let rejection, rejection.refresh == refresh { return isRefused ? .ended(reason: rejection.reason) : use }
        if let failure, now < failure.until {
            return isRefused ? .later(after: failure.until - now, reason: failure.reason) : use
        }
        if let lastSuccess, now < lastSuccess + Self.interval { return use }
        return .refresh(refresh)
    }

    mutating func succeeded(now: Duration) {
        (lastSuccess, failure, failuresInARow) = (now, nil, 0)
    }

    /// It did not work for now; it is tried again after `wait`.
    mutating func failed(reason: String, retryAfter wait: Duration, now: Duration) {
        failuresInARow += 1
        failure = (now + wait, reason)
    }

    /// The refresh token is good for nothing any more.
    mutating func rejected(_ refresh: AccessToken, reason: String) {
        (rejection, failure, failuresInARow) = ((refresh, reason), nil, 0)
    }
}
