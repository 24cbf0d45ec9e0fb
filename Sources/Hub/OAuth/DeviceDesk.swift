import FoundationEssentials
import Timing

/// Where devices wait to be allowed and people answer: the one owner of ``DeviceAuthorizations``.
actor DeviceDesk {
    struct Codes: Sendable {
        let deviceCode: String
        let userCode: UserCode
    }

    private let time: any TimeSource
    private var authorizations: DeviceAuthorizations
    private var guesses: GuessLimit

    init(time: any TimeSource, limits: HubLimits) {
        self.time = time
        authorizations = DeviceAuthorizations(limits: limits)
        guesses = GuessLimit(perMinute: limits.wrongGuessesPerMinute)
    }

    private var now: Int64 { time.now().bootMilliseconds }

    /// Nil when too many wait.
    func begin(_ request: DeviceAuthorizations.Request) -> Codes? {
        var generator = SystemRandomNumberGenerator()
        let codes = Codes(deviceCode: UUID().uuidString.lowercased(), userCode: UserCode(using: &generator))
        let hash = TokenHash(of: codes.deviceCode)
        return authorizations.begin(request, deviceCode: hash, userCode: codes.userCode, now: now) ? codes : nil
    }

    func ask(_ deviceCode: String, clientID: String) -> DeviceAuthorizations.Answer {
        authorizations.ask(TokenHash(of: deviceCode), clientID: clientID, now: now)
    }

    func putBack(_ deviceCode: String) {
        authorizations.putBack(TokenHash(of: deviceCode))
    }

    /// What waits under a code that somebody has entered.
    ///
    /// - Throws: ``ConsentRefusal/tooManyGuesses(seconds:)``, and ``ConsentRefusal/unknownCode``, which counts as a guess.
    func request(_ text: String) throws(ConsentRefusal) -> (code: UserCode, request: DeviceAuthorizations.Request) {
        if let seconds = guesses.secondsToWait(now: now) { throw .tooManyGuesses(seconds: seconds) }
        guard let code = UserCode(text), let request = authorizations.request(code, now: now) else {
            guesses.guessedWrong(now: now)
            throw .unknownCode
        }
        return (code, request)
    }

    func decide(_ decision: DeviceAuthorizations.Decision, _ code: UserCode) throws(ConsentRefusal) {
        guard authorizations.decide(decision, code, now: now) else { throw .unknownCode }
    }

    /// Seconds until something may be entered again; nil when it may be now.
    func secondsToWait() -> Int64? {
        guesses.secondsToWait(now: now)
    }

    /// A token that was entered is not good for it.
    func enteredWrongToken() {
        guesses.guessedWrong(now: now)
    }
}
