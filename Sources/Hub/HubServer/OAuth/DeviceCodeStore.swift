import HubStore
import Timing

/// The pending device authorizations and the guesses at their codes: the only owner of ``DeviceAuthorizations``.
actor DeviceCodeStore {
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

    /// The result of ``begin(_:from:)``.
    enum Beginning: Sendable {
        case begun(Codes)
        /// Too many are pending; try again after this time.
        case full(seconds: Int64)
    }

    func begin(
        _ request: DeviceAuthorizations.DeviceRequest, from network: PeerAddress.Network
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

    /// False if the code was used again since ``ask(_:clientID:)``.
    func redeemed(_ deviceCode: String, grantID: Int64) -> Bool {
        authorizations.redeemed(TokenHash(of: deviceCode), grantID: grantID)
    }

    func putBack(_ deviceCode: String) {
        authorizations.putBack(TokenHash(of: deviceCode))
    }

    /// The pending request of an entered code.
    ///
    /// - Throws: ``ConsentRefusal/tooManyGuesses(seconds:)``, and ``ConsentRefusal/unknownCode``, which counts as a
    ///   guess.
    func request(
        _ text: String, from guesser: ConsentGuesses.Guesser
    ) throws -> (code: UserCode, request: DeviceAuthorizations.DeviceRequest) {
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

    /// Seconds until this source may enter something again; nil for now.
    func secondsToWait(_ guesser: ConsentGuesses.Guesser) -> Int64? {
        guesses.secondsToWait(guesser, now: now)
    }

    /// Counts a wrong token.
    func enteredWrongToken(from network: PeerAddress.Network) {
        guesses.guessedWrong(.network(network), now: now)
    }
}
