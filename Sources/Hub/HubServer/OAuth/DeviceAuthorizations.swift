import HubStore

/// The pending device authorizations, and recent ones: the logic of RFC 8628, without clock or network.
///
/// Held in memory, or in a table that is never synced: strangers create them, and strangers must not wear out the
/// disk. After a restart the device begins again.
struct DeviceAuthorizations: Sendable {
    /// The request that a user is asked to allow.
    struct DeviceRequest: Sendable, Hashable, Codable {
        let client: Client
        let scopes: [String]
    }

    enum Decision: Sendable, Hashable, Codable {
        /// With a user's token.
        case allowed(userID: Int64, by: TokenHash)
        case denied
    }

    /// The answer to a polling device.
    enum Answer: Sendable, Hashable {
        case pending
        case tooSoon
        /// To be exchanged for tokens. The next answer is ``used(grantID:)``.
        case allowed(ProgramConsent)
        case denied
        case expired
        /// Used before, so a copy exists. The grant, if known, must end.
        case used(grantID: Int64?)
        /// Never begun, of another client, or long ago.
        case unknown
    }

    private struct Entry: Sendable, Codable {
        let userCode: UserCode
        let request: DeviceRequest
        /// The address that began it.
        let network: PeerAddress.Network
        let expiresAtMilliseconds: Int64
        var askedAtMilliseconds: Int64?
        var decision: Decision?
        var isUsed = false
        /// It was used again before its grant was known.
        var isReplayed = false
        var grantID: Int64?

        /// Whether a user may still decide.
        func isWaiting(now: Int64) -> Bool { decision == nil && expiresAtMilliseconds > now }

        /// Whether the device may still get tokens.
        func isPromised(now: Int64) -> Bool {
            if case .allowed = decision { !isUsed && expiresAtMilliseconds > now } else { false }
        }
    }

    /// Tolerance for an early poll: network delays differ.
    private static let toleranceMilliseconds: Int64 = 1000
    /// How long an expired entry is kept, to answer a late device.
    private static let expiredMilliseconds: Int64 = 60_000

    private let limits: HubLimits
    private var entries: [TokenHash: Entry] = [:]
    private var deviceCodes: [UserCode: TokenHash] = [:]

    init(limits: HubLimits) {
        self.limits = limits
    }

    /// With the entries that hubs share.
    init(limits: HubLimits, stored: [TokenHash: String]) throws {
        self.limits = limits
        entries = try stored.mapValues(StoredEntry.decode)
        for (hash, entry) in entries { deviceCodes[entry.userCode] = hash }
    }

    /// The entries, for ``init(limits:stored:)``.
    func stored() throws -> [TokenHash: String] { try entries.mapValues(StoredEntry.encode) }

    /// Begins an authorization. Times are milliseconds of a clock without steps.
    /// - Returns: if too many are pending, the seconds until the next can begin; otherwise nil.
    mutating func begin(
        _ request: DeviceRequest, deviceCode: TokenHash, userCode: UserCode, from network: PeerAddress.Network,
        now: Int64
    ) -> Int64? {
        forget(now: now)
        let waiting = entries.values.filter { $0.isWaiting(now: now) }.map { ($0.network, $0.expiresAtMilliseconds) }
        if let seconds = PendingLimit(limits).secondsToWait(network, waiting, now: now) { return seconds }
        // The same user code twice: one in 25 billion.
        guard deviceCodes[userCode] == nil else { return 1 }
        entries[deviceCode] = Entry(
            userCode: userCode, request: request, network: network,
            expiresAtMilliseconds: now + limits.deviceCodeSeconds * 1000)
        deviceCodes[userCode] = deviceCode
        return nil
    }

    /// Removes expired entries, and the oldest finished ones if there are many: their devices have their answer, or
    /// are gone.
    private mutating func forget(now: Int64) {
        for (hash, entry) in entries where entry.expiresAtMilliseconds + Self.expiredMilliseconds <= now {
            forget(hash, entry)
        }
        let finished = entries.filter { !$0.value.isWaiting(now: now) && !$0.value.isPromised(now: now) }
        let excess = finished.count - limits.pendingDevices
        guard excess > 0 else { return }
        let oldest = finished.sorted { $0.value.expiresAtMilliseconds < $1.value.expiresAtMilliseconds }.prefix(excess)
        for (hash, entry) in oldest { forget(hash, entry) }
    }

    private mutating func forget(_ deviceCode: TokenHash, _ entry: Entry) {
        entries[deviceCode] = nil
        deviceCodes[entry.userCode] = nil
    }

    /// The number of entries.
    var count: Int { entries.count }

    /// The pending request of a user code; nil if there is none.
    func request(_ userCode: UserCode, now: Int64) -> DeviceRequest? {
        guard let entry = deviceCodes[userCode].flatMap({ entries[$0] }), entry.isWaiting(now: now) else { return nil }
        return entry.request
    }

    /// Records a user's decision. False if nothing is pending under the code.
    mutating func decide(_ decision: Decision, _ userCode: UserCode, now: Int64) -> Bool {
        guard request(userCode, now: now) != nil, let hash = deviceCodes[userCode] else { return false }
        entries[hash]?.decision = decision
        return true
    }

    /// Answers a polling device.
    mutating func ask(_ deviceCode: TokenHash, clientID: String, now: Int64) -> Answer {
        guard var entry = entries[deviceCode], entry.request.client.id == clientID else { return .unknown }
        if entry.isUsed {
            entries[deviceCode]?.isReplayed = true
            return .used(grantID: entry.grantID)
        }
        guard entry.expiresAtMilliseconds > now else { return .expired }
        let earliest = entry.askedAtMilliseconds.map {
            $0 + limits.devicePollSeconds * 1000 - Self.toleranceMilliseconds
        }
        entry.askedAtMilliseconds = now
        defer { entries[deviceCode] = entry }
        if let earliest, now < earliest { return .tooSoon }
        switch entry.decision {
        case nil: return .pending
        case .denied: return .denied
        case .allowed(let userID, let token):
            entry.isUsed = true
            return .allowed(
                ProgramConsent(clientID: clientID, userID: userID, token: token, scopes: entry.request.scopes))
        }
    }

    /// Records the grant of a code. False if the code was used again since then: the grant must end.
    mutating func redeemed(_ deviceCode: TokenHash, grantID: Int64) -> Bool {
        entries[deviceCode]?.grantID = grantID
        return entries[deviceCode]?.isReplayed != true
    }

    /// The tokens could not be issued: the device may try again.
    mutating func putBack(_ deviceCode: TokenHash) {
        entries[deviceCode]?.isUsed = false
        entries[deviceCode]?.isReplayed = false
        entries[deviceCode]?.askedAtMilliseconds = nil
    }
}
