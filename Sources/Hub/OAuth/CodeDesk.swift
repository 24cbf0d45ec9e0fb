import FoundationEssentials
import Timing

/// Where codes wait to be exchanged: the one owner of ``AuthorizationCodes``.
actor CodeDesk {
    private let time: any TimeSource
    private var codes: AuthorizationCodes

    init(time: any TimeSource, limits: HubLimits) {
        self.time = time
        codes = AuthorizationCodes(limits: limits)
    }

    private var now: Int64 { time.now().bootMilliseconds }

    /// A new code; nil when too many wait.
    func issue(
        _ consent: AuthorizationCodes.Consent, from network: PeerAddress.Network
    ) -> String? {
        let code = UUID().uuidString.lowercased()
        return codes.issue(consent, code: TokenHash(of: code), from: network, now: now) ? code : nil
    }

    func redeem(_ code: String, clientID: String, redirectURI: String?) -> AuthorizationCodes.Answer {
        codes.redeem(TokenHash(of: code), clientID: clientID, redirectURI: redirectURI, now: now)
    }

    func redeemed(_ code: String, refreshToken: String) {
        codes.redeemed(TokenHash(of: code), refreshToken: refreshToken)
    }

    func putBack(_ code: String) {
        codes.putBack(TokenHash(of: code))
    }
}
