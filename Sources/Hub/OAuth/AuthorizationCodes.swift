/// The codes of the authorization code grant (RFC 6749, 4.1), from a person's consent to the one time that a program
/// exchanges one: without clock or network.
///
/// Held in memory alone: a code is good for a minute, and a program whose hub has started anew begins again.
struct AuthorizationCodes: Sendable {
    /// What a person has allowed.
    struct Consent: Sendable, Hashable {
        let clientID: String
        let userID: Int64
        let scopes: [String]
        /// Where the person was sent back to, when the program had named it; then it has to name it again.
        let redirectURI: String?
    }

    enum Answer: Sendable, Hashable {
        /// To be turned into tokens; asked again, the answer is ``used(refreshToken:)``.
        case good(Consent)
        /// Used before: somebody has a copy. What came of it, where it is known, is to end.
        case used(refreshToken: String?)
        /// Never issued, expired, of another client, or for another address.
        case unknown
    }

    private struct Entry: Sendable {
        let consent: Consent
        /// Where the person was.
        let network: PeerAddress.Network
        let expiresAtMilliseconds: Int64
        var isUsed = false
        var refreshToken: String?
    }

    private let limits: HubLimits
    private var entries: [TokenHash: Entry] = [:]

    init(limits: HubLimits) {
        self.limits = limits
    }

    /// Keeps a new code; false when too many wait. Times are milliseconds of a clock that never steps.
    mutating func issue(
        _ consent: Consent, code: TokenHash, from network: PeerAddress.Network, now: Int64
    ) -> Bool {
        // What was used is remembered for as long again, to notice a second use. It does not count.
        let lifetime = limits.authorizationCodeSeconds * 1000
        entries = entries.filter { $0.value.expiresAtMilliseconds + ($0.value.isUsed ? lifetime : 0) > now }
        let waiting = entries.values.filter { !$0.isUsed }.map { ($0.network, $0.expiresAtMilliseconds) }
        guard PendingLimit(limits).secondsToWait(network, waiting, now: now) == nil else { return false }
        entries[code] = Entry(consent: consent, network: network, expiresAtMilliseconds: now + lifetime)
        return true
    }

    /// A program exchanges a code.
    mutating func redeem(_ code: TokenHash, clientID: String, redirectURI: String?, now: Int64) -> Answer {
        guard let entry = entries[code], entry.consent.clientID == clientID else { return .unknown }
        if entry.isUsed { return .used(refreshToken: entry.refreshToken) }
        guard entry.expiresAtMilliseconds > now,
            entry.consent.redirectURI == nil || entry.consent.redirectURI == redirectURI
        else { return .unknown }
        entries[code]?.isUsed = true
        return .good(entry.consent)
    }

    /// What came of a code.
    mutating func redeemed(_ code: TokenHash, refreshToken: String) {
        entries[code]?.refreshToken = refreshToken
    }

    /// The tokens could not be issued: the program may ask again.
    mutating func putBack(_ code: TokenHash) {
        entries[code]?.isUsed = false
    }
}
