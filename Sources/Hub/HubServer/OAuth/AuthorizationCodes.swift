import HubStore

/// The codes of the authorization code grant (RFC 6749, 4.1), from a user's consent to their exchange: without clock
/// or network.
///
/// Held in memory, or in a table that is never synced: a code lives for a minute, and after a restart the program
/// begins again.
struct AuthorizationCodes: Sendable {
    /// The consent of a user.
    struct Consent: Sendable, Hashable, Codable {
        let given: ProgramConsent
        /// The redirect URI, if the program named it; then it must name it again.
        let redirectURI: String?
        /// The challenge, if the program uses PKCE.
        let challenge: CodeChallenge?
    }

    enum Answer: Sendable, Hashable {
        /// To be exchanged for tokens. The next answer is ``used(grantID:)``.
        case good(Consent)
        /// Used before, so a copy exists. The grant, if known, must end.
        case used(grantID: Int64?)
        /// The `code_verifier` is missing, wrong, or sent without a challenge (RFC 9700, 2.1.1).
        case wrongVerifier
        /// Never issued, expired, of another client, or for another redirect URI.
        case unknown
    }

    private struct Entry: Sendable, Codable {
        let consent: Consent
        /// The address of the user.
        let network: PeerAddress.Network
        let expiresAtMilliseconds: Int64
        var isUsed = false
        /// It was used again before its grant was known.
        var isReplayed = false
        var grantID: Int64?
    }

    private let limits: HubLimits
    private var entries: [TokenHash: Entry] = [:]

    init(limits: HubLimits) {
        self.limits = limits
    }

    /// With the entries that hubs share.
    init(limits: HubLimits, stored: [TokenHash: String]) throws {
        self.limits = limits
        entries = try stored.mapValues(StoredEntry.decode)
    }

    /// The entries, for ``init(limits:stored:)``.
    func stored() throws -> [TokenHash: String] { try entries.mapValues(StoredEntry.encode) }

    /// Keeps a new code; false if too many are pending. Times are milliseconds of a clock without steps.
    mutating func issue(
        _ consent: Consent, code: TokenHash, from network: PeerAddress.Network, now: Int64
    ) -> Bool {
        // Used codes are kept for the same time again, to notice a second use. They do not count.
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

    /// Records the grant of a code. False if the code was used again since then: the grant must end.
    mutating func redeemed(_ code: TokenHash, grantID: Int64) -> Bool {
        entries[code]?.grantID = grantID
        return entries[code]?.isReplayed != true
    }

    /// The tokens could not be issued: the program may try again.
    mutating func putBack(_ code: TokenHash) {
        entries[code]?.isUsed = false
        entries[code]?.isReplayed = false
    }
}
