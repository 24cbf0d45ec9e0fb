import HubStore
import Timing

/// Where devices wait to be allowed and people answer: the one owner of ``DeviceAuthorizations``.
actor DeviceDesk {
    struct Codes: Sendable {
        let deviceCode: String
        let userCode: UserCode
    }

    private let time: any TimeSource
    private var authorizations: DeviceAuthorizations
    private var guesses: ConsentGuesses

    init(time: any TimeSource, limits: HubLimits) {
        self.time = time
        authorizations = DeviceAuthorizations(limits: limits)
        guesses = ConsentGuesses(limits: limits)
    }

    private var now: Int64 { time.now().bootMilliseconds }

    /// What came of a device that wants to begin.
    enum Beginning: Sendable {
        case begun(Codes)
        /// Too many wait, for so long.
        case full(seconds: Int64)
    }

    func begin(
        _ request: DeviceAuthorizations.Request, from network: PeerAddress.Network
    ) throws -> Beginning {
        let deviceCode = try Secret()
        let codes = Codes(deviceCode: deviceCode.revealed, userCode: try UserCode())
        let seconds = authorizations.begin(
            request, deviceCode: deviceCode.hash, userCode: codes.userCode, from: network, now: now)
        return seconds.map { .full(seconds: $0) } ?? .begun(codes)
    }

    func ask(_ deviceCode: String, clientID: String) -> DeviceAuthorizations.Answer {
        authorizations.ask(TokenHash(of: deviceCode), clientID: clientID, now: now)
    }

    /// False when the code was used again meanwhile.
    func redeemed(_ deviceCode: String, grantID: Int64) -> Bool {
        authorizations.redeemed(TokenHash(of: deviceCode), grantID: grantID)
    }

    func putBack(_ deviceCode: String) {
        authorizations.putBack(TokenHash(of: deviceCode))
    }

    /// What waits under a code that somebody has entered.
    ///
    /// - Throws: ``ConsentRefusal/tooManyGuesses(seconds:)``, and ``ConsentRefusal/unknownCode``, which counts as a guess.
    func request(
        _ text: String, from guesser: ConsentGuesses.Guesser
    ) throws -> (code: UserCode, request: DeviceAuthorizations.Request) {
        if let seconds = guesses.secondsToWait(guesser, now: now) {
            throw ConsentRefusal.tooManyGuesses(seconds: seconds)
        }
        guard let code = UserCode(text), let request = authorizations.request(code, now: now) else {
            guesses.guessedWrong(guesser, now: now)
            throw ConsentRefusal.unknownCode
        }
        return (code, request)
    }

    func decide(_ decision: DeviceAuthorizations.Decision, _ code: UserCode) throws {
        guard authorizations.decide(decision, code, now: now) else { throw ConsentRefusal.unknownCode }
    }

    /// Seconds until this one may enter something again; nil when they may now.
    func secondsToWait(_ guesser: ConsentGuesses.Guesser) -> Int64? {
        guesses.secondsToWait(guesser, now: now)
    }

    /// A token that was entered is not good for it.
    func enteredWrongToken(from network: PeerAddress.Network) {
        guesses.guessedWrong(.network(network), now: now)
    }
}
