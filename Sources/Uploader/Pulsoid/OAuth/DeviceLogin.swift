import PulsoidAPI
import Tokens

/// Decides when to ask whether the user has confirmed the code (RFC 8628, section 3.5): answers in, actions out. It has
/// no clock and no I/O.
///
/// | Answer | Next step |
/// | --- | --- |
/// | `authorization_pending` | asks again after the interval that Pulsoid asked for (5 s by default) |
/// | `slow_down` | the interval is 5 s longer from here on |
/// | no answer, 5xx | asks again; the wait doubles with each in a row, up to a minute |
/// | `access_denied`, `expired_token`, any other error | ends |
/// | a token | ends with it |
struct DeviceLogin {
    enum Action: Equatable {
        case ask(after: Duration)
        case finish(StoredToken)
        case fail(LoginError)
    }

    /// RFC 8628, section 3.2: if the server names none.
    static let standardInterval: Duration = .seconds(5)
    /// RFC 8628, section 3.5.
    static let slowDownStep: Duration = .seconds(5)
    static let longestWait: Duration = .seconds(60)

    private var interval: Duration
    private var failuresInARow = 0
    private let deadline: Duration

    /// `now` is any time that never goes back.
    init(_ authorization: DeviceAuthorization, now: Duration) {
        let told = authorization.intervalSeconds.map { Duration.seconds(max($0, 1)) } ?? Self.standardInterval
        interval = min(told, Self.longestWait)
        deadline = now + .seconds(min(max(authorization.expiresInSeconds, 0), 86_400))
    }

    func start() -> Action { .ask(after: interval) }

    mutating func handle(_ answer: TokenResponse, now: Duration) -> Action {
        if case .unavailable = answer { failuresInARow += 1 } else { failuresInARow = 0 }
        switch answer {
        case .granted(let token): return .finish(token)
        case .pending: return ask(after: interval, now: now)
        case .slowDown:
            interval += Self.slowDownStep
            return ask(after: interval, now: now)
        case .unavailable(let told, let reason):
            let doubled = interval * (1 << min(failuresInARow, 6))
            let wait = max(min(doubled, Self.longestWait), told ?? .zero)
            return ask(after: wait, now: now, else: LoginError(.unavailable, reason))
        case .denied: return .fail(LoginError(.denied, "It was not allowed at Pulsoid. No token was kept."))
        case .expired: return .fail(Self.expired)
        case .rejected(let reason): return .fail(LoginError(.rejected, reason))
        }
    }

    private func ask(after wait: Duration, now: Duration, else error: LoginError = expired) -> Action {
        now + wait < deadline ? .ask(after: wait) : .fail(error)
    }

    private static var expired: LoginError {
        LoginError(.expired, "The code was not confirmed in time. Run this again.")
    }
}
