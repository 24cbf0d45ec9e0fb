import HubStore

/// Bounds the wrong codes and tokens on the pages of consent, so that nobody finds a code by trying, and nobody keeps
/// others from entering theirs.
///
/// Each address has a limit of its own, and all have one together: an attacker may have many addresses. Whoever enters
/// a good token is counted by that token alone, and so is never refused because of others.
struct ConsentGuesses: Sendable {
    /// Who enters something.
    enum Guesser: Sendable, Hashable {
        /// Somebody without a good token.
        case network(PeerAddress.Network)
        case token(TokenHash)
    }

    /// Above so many guessers those who have not guessed wrong lately are forgotten. Wrong guesses without a token are
    /// bounded, so that there are never many.
    private static let keptGuessers = 1024

    private let limits: HubLimits
    private var wrong: [Guesser: GuessLimit] = [:]
    private var wrongOfAll: GuessLimit

    init(limits: HubLimits) {
        self.limits = limits
        wrongOfAll = GuessLimit(perMinute: limits.wrongGuessesOfAllPerMinute)
    }

    /// Seconds until this one may enter something again; nil when they may now. The clock never steps.
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
