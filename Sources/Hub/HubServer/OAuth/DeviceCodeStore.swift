import HubStore
import Timing

/// The pending device authorizations and the guesses at their codes: the only owner of ``DeviceAuthorizations``.
///
/// Hubs that share a database share the authorizations: a device polls one, and its user allows it at another. Each
/// hub limits the guesses by itself.
actor DeviceCodeStore {
    struct Codes: Sendable {
        let deviceCode: String
        let userCode: UserCode
    }

    private static let kind = "device"

    private let database: HubDatabase
    private let limits: HubLimits
    /// Of a hub with a database of its own.
    private var authorizations: DeviceAuthorizations
    private var guesses: ConsentGuesses

    init(_ database: HubDatabase, limits: HubLimits) {
        self.database = database
        self.limits = limits
        authorizations = DeviceAuthorizations(limits: limits)
        guesses = ConsentGuesses(limits: limits)
    }

    private var now: Int64 { database.time.now().bootMilliseconds }

    private func change<Value: Sendable>(
        _ body: @escaping @Sendable (inout DeviceAuthorizations, _ now: Int64) -> Value
    ) async throws -> Value {
        guard database.isShared else { return body(&authorizations, now) }
        return try await database.changeCodes(Self.kind) { [limits] stored, now in
            var authorizations = try DeviceAuthorizations(limits: limits, stored: stored)
            let value = body(&authorizations, now)
            stored = try authorizations.stored()
            return value
        }
    }

    /// The result of ``begin(_:from:)``.
    enum Beginning: Sendable {
        case begun(Codes)
        /// Too many are pending; try again after this time.
        case full(seconds: Int64)
    }

    func begin(
        _ request: DeviceAuthorizations.DeviceRequest, from network: PeerAddress.Network
    ) async throws -> Beginning {
        let deviceCode = try Secret()
        let codes = Codes(deviceCode: deviceCode.revealed, userCode: try UserCode())
        let seconds = try await change {
            $0.begin(request, deviceCode: deviceCode.hash, userCode: codes.userCode, from: network, now: $1)
        }
        return seconds.map { .full(seconds: $0) } ?? .begun(codes)
    }

    func ask(_ deviceCode: String, clientID: String) async throws -> DeviceAuthorizations.Answer {
        try await change { $0.ask(TokenHash(of: deviceCode), clientID: clientID, now: $1) }
    }

    /// False if the code was used again since ``ask(_:clientID:)``.
    func redeemed(_ deviceCode: String, grantID: Int64) async throws -> Bool {
        try await change { authorizations, _ in authorizations.redeemed(TokenHash(of: deviceCode), grantID: grantID) }
    }

    func putBack(_ deviceCode: String) async throws {
        try await change { authorizations, _ in authorizations.putBack(TokenHash(of: deviceCode)) }
    }

    /// The pending request of an entered code.
    ///
    /// - Throws: ``ConsentRefusal/tooManyGuesses(seconds:)``, and ``ConsentRefusal/unknownCode``, which counts as a
    ///   guess.
    func request(
        _ text: String, from guesser: ConsentGuesses.Guesser
    ) async throws -> (code: UserCode, request: DeviceAuthorizations.DeviceRequest) {
        if let seconds = guesses.secondsToWait(guesser, now: now) {
            throw ConsentRefusal.tooManyGuesses(seconds: seconds)
        }
        if let code = UserCode(text), let request = try await change({ $0.request(code, now: $1) }) {
            return (code, request)
        }
        guesses.guessedWrong(guesser, now: now)
        throw ConsentRefusal.unknownCode
    }

    func decide(_ decision: DeviceAuthorizations.Decision, _ code: UserCode) async throws {
        guard try await change({ $0.decide(decision, code, now: $1) }) else { throw ConsentRefusal.unknownCode }
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
