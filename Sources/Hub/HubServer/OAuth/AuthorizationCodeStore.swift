import HubStore
import Timing

/// The pending authorization codes: the only owner of ``AuthorizationCodes``.
actor AuthorizationCodeStore {
    private let time: any TimeSource
    private var codes: AuthorizationCodes

    init(time: any TimeSource, limits: HubLimits) {
        self.time = time
        codes = AuthorizationCodes(limits: limits)
    }

    private var now: Int64 { time.now().bootMilliseconds }

    /// A new code; nil if too many are pending.
    func issue(_ consent: AuthorizationCodes.Consent, from network: PeerAddress.Network) throws -> String? {
        let code = try Secret()
        return codes.issue(consent, code: code.hash, from: network, now: now) ? code.revealed : nil
    }

    func redeem(
        _ code: String, clientID: String, redirectURI: String?, verifier: String?
    ) -> AuthorizationCodes.Answer {
        codes.redeem(
            TokenHash(of: code), clientID: clientID, redirectURI: redirectURI, verifier: verifier, now: now)
    }

    /// False if the code was used again since ``redeem(_:clientID:redirectURI:verifier:)``.
    func redeemed(_ code: String, grantID: Int64) -> Bool {
        codes.redeemed(TokenHash(of: code), grantID: grantID)
    }

    func putBack(_ code: String) {
        codes.putBack(TokenHash(of: code))
    }
}
