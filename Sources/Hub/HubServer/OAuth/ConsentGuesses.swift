import HubStore

/// Limits the wrong codes and tokens on the consent pages. So a code cannot be found by trying, and an attacker
/// cannot block other users.
///
/// Each address has a limit, and all together have one, because an attacker may have many addresses. A good token has
/// a limit of its own, so it is never refused because of others.
struct ConsentGuesses: Sendable {
    /// The source of an entry.
    enum Guesser: Sendable, Hashable {
        /// A client without a good token.
        case network(PeerAddress.Network)
        case token(TokenHash)
    }

    /// Above this number, sources without a recent wrong guess are deleted. Wrong guesses without a token are
    /// limited, so there are never many.
    private static let keptGuessers = 1024

    private let limits: HubLimits
    private var wrong: [Guesser: GuessLimit] = [:]
    private var wrongOfAll: GuessLimit

    init(limits: HubLimits) {
        self.limits = limits
        wrongOfAll = GuessLimit(perMinute: limits.wrongGuessesOfAllPerMinute)
    }

    /// Seconds until this source may enter something again; nil for now. The clock has no steps.
    mutating func secondsToWait(_ guesser: Guesser, now: Int64) -> Int64? {
        let own = wrong[guesser]?.secondsToWait(now: now)
        switch guesser {
        case .token: return own
        case .network: return [own, wrongOfAll.secondsToWait(now: now)].compactMap { $0 }.max()
        }
    }

    mutating func guessedWrong(_ guesser: Guesser, now: Int64) {
        if wrong.count > Self.keptGuessers { wrong = wrong.filter { !$0.value.isFresh(now: now) } }
        wrong[guesser, default: GuessLimit(perMinute: limits.wrongGuessesPerMinute)].guessedWrong(now: now)
        if case .network = guesser { wrongOfAll.guessedWrong(now: now) }
    }
}
