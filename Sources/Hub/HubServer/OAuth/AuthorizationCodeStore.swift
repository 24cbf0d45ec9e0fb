import HubStore
import Timing

/// The pending authorization codes: the only owner of ``AuthorizationCodes``. Hubs that share a database share them.
actor AuthorizationCodeStore {
    private static let kind = "authorization"

    private let database: HubDatabase
    private let limits: HubLimits
    /// Of a hub with a database of its own.
    private var codes: AuthorizationCodes

    init(_ database: HubDatabase, limits: HubLimits) {
        self.database = database
        self.limits = limits
        codes = AuthorizationCodes(limits: limits)
    }

    private func change<Value: Sendable>(
        _ body: @escaping @Sendable (inout AuthorizationCodes, _ now: Int64) -> Value
    ) async throws -> Value {
        guard database.isShared else { return body(&codes, database.time.now().bootMilliseconds) }
        return try await database.changeCodes(Self.kind) { [limits] stored, now in
            var codes = try AuthorizationCodes(limits: limits, stored: stored)
            let value = body(&codes, now)
            stored = try codes.stored()
            return value
        }
    }

    /// A new code; nil if too many are pending.
    func issue(_ consent: AuthorizationCodes.Consent, from network: PeerAddress.Network) async throws -> String? {
        let code = try Secret()
        let isIssued = try await change { $0.issue(consent, code: code.hash, from: network, now: $1) }
        return isIssued ? code.revealed : nil
    }

    func redeem(
        _ code: String, clientID: String, redirectURI: String?, verifier: String?
    ) async throws -> AuthorizationCodes.Answer {
        try await change {
            $0.redeem(
                TokenHash(of: code), clientID: clientID, redirectURI: redirectURI, verifier: verifier, now: $1)
        }
    }

    /// False if the code was used again since ``redeem(_:clientID:redirectURI:verifier:)``.
    func redeemed(_ code: String, grantID: Int64) async throws -> Bool {
        try await change { codes, _ in codes.redeemed(TokenHash(of: code), grantID: grantID) }
    }

    func putBack(_ code: String) async throws {
        try await change { codes, _ in codes.putBack(TokenHash(of: code)) }
    }
}
