import HubStore

/// The devices that wait to be allowed, and those that were a while ago: the logic of RFC 8628, without clock or network.
///
/// Held in memory alone: strangers make them, and nothing that a stranger does may wear out the disk. A hub that starts
/// anew has forgotten them, and the device begins again.
struct DeviceAuthorizations: Sendable {
    /// What a person is asked to allow.
    struct Request: Sendable, Hashable {
        let client: Client
        let scopes: [String]
    }

    enum Decision: Sendable, Hashable {
        /// By a user's token.
        case allowed(userID: Int64, by: TokenHash)
        case denied
    }

    /// What a device is told that asks.
    enum Answer: Sendable, Hashable {
        case pending
        case tooSoon
        /// To be turned into tokens; asked again, the answer is ``used(grantID:)``.
        case allowed(ProgramConsent)
        case denied
        case expired
        /// Used before: somebody has a copy. What came of it, where it is known, is to end.
        case used(grantID: Int64?)
        /// Never begun, by another client, or long ago.
        case unknown
    }

    private struct Entry: Sendable {
        let userCode: UserCode
        let request: Request
        /// Where it was begun from.
        let network: PeerAddress.Network
        let expiresAtMilliseconds: Int64
        var askedAtMilliseconds: Int64?
        var decision: Decision?
        var isUsed = false
        /// It was used again before it was known what came of it.
        var isReplayed = false
        var grantID: Int64?

        /// Whether somebody may still answer.
        func isWaiting(now: Int64) -> Bool { decision == nil && expiresAtMilliseconds > now }

        /// Whether the device may still come for tokens.
        func isPromised(now: Int64) -> Bool {
            if case .allowed = decision { !isUsed && expiresAtMilliseconds > now } else { false }
        }
    }

    /// A device may be this much early: the network delays one request more than the next.
    private static let toleranceMilliseconds: Int64 = 1000
    /// How long an expired one is kept, to tell a device that asks late.
    private static let expiredMilliseconds: Int64 = 60_000

    private let limits: HubLimits
    private var entries: [TokenHash: Entry] = [:]
    private var deviceCodes: [UserCode: TokenHash] = [:]

    init(limits: HubLimits) {
        self.limits = limits
    }

    /// Begins one. Times are milliseconds of a clock that never steps.
    /// - Returns: the seconds until one may be begun, when too many wait; nil when it was begun.
    mutating func begin(
        _ request: Request, deviceCode: TokenHash, userCode: UserCode, from network: PeerAddress.Network, now: Int64
    ) -> Int64? {
        forget(now: now)
        let waiting = entries.values.filter { $0.isWaiting(now: now) }.map { ($0.network, $0.expiresAtMilliseconds) }
        if let seconds = PendingLimit(limits).secondsToWait(network, waiting, now: now) { return seconds }
        // The same code twice: one in 25 billion.
        guard deviceCodes[userCode] == nil else { return 1 }
        entries[deviceCode] = Entry(
            userCode: userCode, request: request, network: network,
            expiresAtMilliseconds: now + limits.deviceCodeSeconds * 1000)
        deviceCodes[userCode] = deviceCode
        return nil
    }

    /// Removes those that have expired, and the oldest of those that were answered when there are many: their devices
    /// have heard it, or never will.
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

    /// How many are remembered.
    var count: Int { entries.count }

    /// What waits under a code for somebody's answer; nil when nothing does.
    func request(_ userCode: UserCode, now: Int64) -> Request? {
        guard let entry = deviceCodes[userCode].flatMap({ entries[$0] }), entry.isWaiting(now: now) else { return nil }
        return entry.request
    }

    /// Somebody has answered. False when nothing waits under the code any more.
    mutating func decide(_ decision: Decision, _ userCode: UserCode, now: Int64) -> Bool {
        guard request(userCode, now: now) != nil, let hash = deviceCodes[userCode] else { return false }
        entries[hash]?.decision = decision
        return true
    }

    /// A device asks.
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

    /// What came of a code. False when the code was used again meanwhile: then it is to end.
    mutating func redeemed(_ deviceCode: TokenHash, grantID: Int64) -> Bool {
        entries[deviceCode]?.grantID = grantID
        return entries[deviceCode]?.isReplayed != true
    }

    /// The tokens could not be issued: the device may ask again.
    mutating func putBack(_ deviceCode: TokenHash) {
        entries[deviceCode]?.isUsed = false
        entries[deviceCode]?.isReplayed = false
        entries[deviceCode]?.askedAtMilliseconds = nil
    }
}
