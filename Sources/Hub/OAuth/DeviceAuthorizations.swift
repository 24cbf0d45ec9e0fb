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
        case allowed(userID: Int64)
        case denied
    }

    /// What a device is told that asks.
    enum Answer: Sendable, Hashable {
        case pending
        case tooSoon
        /// To be turned into tokens; asked again, the answer is ``used``.
        case allowed(Request, userID: Int64)
        case denied
        case expired
        case used
        /// Never begun, by another client, or long ago.
        case unknown
    }

    private struct Entry: Sendable {
        let userCode: UserCode
        let request: Request
        let expiresAtMilliseconds: Int64
        var askedAtMilliseconds: Int64?
        var decision: Decision?
        var isUsed = false
    }

    /// A device may be this much early: the network delays one request more than the next.
    private static let toleranceMilliseconds: Int64 = 1000

    private let limits: HubLimits
    private var entries: [TokenHash: Entry] = [:]
    private var deviceCodes: [UserCode: TokenHash] = [:]

    init(limits: HubLimits) {
        self.limits = limits
    }

    /// Begins one; false when too many wait. Times are milliseconds of a clock that never steps.
    mutating func begin(_ request: Request, deviceCode: TokenHash, userCode: UserCode, now: Int64) -> Bool {
        let lifetime = limits.deviceCodeSeconds * 1000
        // Kept for as long again, to tell who asks late that it has expired.
        for (hash, entry) in entries where entry.expiresAtMilliseconds + lifetime <= now {
            entries[hash] = nil
            deviceCodes[entry.userCode] = nil
        }
        guard entries.count < limits.pendingDevices, deviceCodes[userCode] == nil else { return false }
        entries[deviceCode] = Entry(userCode: userCode, request: request, expiresAtMilliseconds: now + lifetime)
        deviceCodes[userCode] = deviceCode
        return true
    }

    /// What waits under a code for somebody's answer; nil when nothing does.
    func request(_ userCode: UserCode, now: Int64) -> Request? {
        guard let entry = deviceCodes[userCode].flatMap({ entries[$0] }), entry.decision == nil,
            entry.expiresAtMilliseconds > now
        else { return nil }
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
        if entry.isUsed { return .used }
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
        case .allowed(let userID):
            entry.isUsed = true
            return .allowed(entry.request, userID: userID)
        }
    }

    /// The tokens could not be issued: the device may ask again.
    mutating func putBack(_ deviceCode: TokenHash) {
        entries[deviceCode]?.isUsed = false
        entries[deviceCode]?.askedAtMilliseconds = nil
    }
}
