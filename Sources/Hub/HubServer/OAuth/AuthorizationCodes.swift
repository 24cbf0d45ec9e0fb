import HubStore

/// The codes of the authorization code grant (RFC 6749, 4.1), from a person's consent to the one time that a program
/// exchanges one: without clock or network.
///
/// Held in memory alone: a code is good for a minute, and a program whose hub has started anew begins again.
struct AuthorizationCodes: Sendable {
    /// What a person has allowed.
    struct Consent: Sendable, Hashable {
        let given: ProgramConsent
        /// Where the person was sent back to, when the program had named it; then it has to name it again.
        let redirectURI: String?
        /// What the program has to prove, where it asked with PKCE.
        let challenge: CodeChallenge?
    }

    enum Answer: Sendable, Hashable {
        /// To be turned into tokens; asked again, the answer is ``used(grantID:)``.
        case good(Consent)
        /// Used before: somebody has a copy. What came of it, where it is known, is to end.
        case used(grantID: Int64?)
        /// The `code_verifier` is missing, wrong, or given where the code was asked for without a challenge (RFC 9700, 2.1.1).
        case wrongVerifier
        /// Never issued, expired, of another client, or for another address.
        case unknown
    }

    private struct Entry: Sendable {
        let consent: Consent
        /// Where the person was.
        let network: PeerAddress.Network
        let expiresAtMilliseconds: Int64
        var isUsed = false
        /// It was used again before it was known what came of it.
        var isReplayed = false
        var grantID: Int64?
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
    mutating func redeem(
        _ code: TokenHash, clientID: String, redirectURI: String?, verifier: String?, now: Int64
    ) -> Answer {
        guard let entry = entries[code], entry.consent.given.clientID == clientID else { return .unknown }
        if entry.isUsed {
            entries[code]?.isReplayed = true
            return .used(grantID: entry.grantID)
        }
        guard entry.expiresAtMilliseconds > now,
            entry.consent.redirectURI == nil || entry.consent.redirectURI == redirectURI
        else { return .unknown }
        switch (entry.consent.challenge, verifier) {
        case (nil, nil): break
        case (let challenge?, let verifier?) where challenge.isMet(by: verifier): break
        default: return .wrongVerifier
        }
        entries[code]?.isUsed = true
        return .good(entry.consent)
    }

    /// What came of a code. False when the code was used again meanwhile: then it is to end.
    mutating func redeemed(_ code: TokenHash, grantID: Int64) -> Bool {
        entries[code]?.grantID = grantID
        return entries[code]?.isReplayed != true
    }

    /// The tokens could not be issued: the program may ask again.
    mutating func putBack(_ code: TokenHash) {
        entries[code]?.isUsed = false
        entries[code]?.isReplayed = false
    }
}
