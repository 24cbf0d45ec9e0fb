import HubStore

/// Places for connections: for strangers, for callers with a good token, and for streams. Pure.
///
/// Every connection begins as a stranger. A new one always gets a place; if all are taken, the oldest stranger of the
/// address with the most connections is closed. So a stranger takes no place of a caller or a stream, and an address
/// takes no place of one with fewer connections. See docs/decisions/0002-places-for-connections.md.
struct ConnectionPlaces: Sendable {
    /// Connections, in the order of opening.
    typealias ID = UInt64

    /// The result for a new connection.
    enum Admission: Sendable, Equatable {
        /// It gets a place; `closing` must be closed.
        case admitted(closing: ID?)
        /// The limit for strangers is 0.
        case refused
    }

    private enum Kind: Sendable {
        case stranger
        case caller(TokenHash)
        case stream
    }

    private struct Entry: Sendable {
        let network: PeerAddress.Network
        var kind = Kind.stranger
        /// Larger for a later use, over all connections.
        var lastUse: UInt64 = 0
    }

    private let limits: HubLimits
    private var entries: [ID: Entry] = [:]
    /// Oldest first.
    private var strangers: [PeerAddress.Network: [ID]] = [:]
    private var callers: [TokenHash: Set<ID>] = [:]
    private(set) var strangerCount = 0
    private(set) var callerCount = 0
    private(set) var streamCount = 0
    private var uses: UInt64 = 0

    init(limits: HubLimits) {
        self.limits = limits
    }

    var count: Int { entries.count }

    func isStranger(_ id: ID) -> Bool {
        if case .stranger? = entries[id]?.kind { true } else { false }
    }

    /// A new connection. `id` is higher than all before. Connections of a trusted proxy belong to many clients: the
    /// limit of one address does not apply.
    mutating func open(_ id: ID, from network: PeerAddress.Network, isProxy: Bool) -> Admission {
        guard limits.strangers > 0 else { return .refused }
        entries[id] = Entry(network: network)
        strangers[network, default: []].append(id)
        strangerCount += 1
        if !isProxy, let ofAddress = strangers[network], ofAddress.count > limits.strangersPerAddress {
            return .admitted(closing: remove(ofAddress[0]))
        }
        return .admitted(closing: strangerCount > limits.strangers ? oldestOfTheFullest().flatMap { remove($0) } : nil)
    }

    /// A request with a good token makes the connection a caller's.
    ///
    /// - Returns: the connection that must be closed: the caller with the longest idle time, of the same token or of
    ///   the one with the most.
    mutating func showed(_ token: TokenHash, on id: ID) -> ID? {
        guard var entry = entries[id] else { return nil }
        uses += 1
        entry.lastUse = uses
        switch entry.kind {
        case .stream: return nil
        case .caller(let before) where before == token:
            entries[id] = entry
            return nil
        case .caller, .stranger: break
        }
        guard limits.callers > 0 else { return nil }
        forget(id, entry)
        entry.kind = .caller(token)
        entries[id] = entry
        callers[token, default: []].insert(id)
        callerCount += 1
        if let ofToken = callers[token], ofToken.count > limits.callersPerToken {
            return mostIdle(ofToken).flatMap { remove($0) }
        }
        guard callerCount > limits.callers, let fullest = callers.values.max(by: { $0.count < $1.count }) else {
            return nil
        }
        return mostIdle(fullest).flatMap { remove($0) }
    }

    /// A connection becomes a stream. False if there are no places for streams left.
    mutating func openStream(_ id: ID) -> Bool {
        guard let entry = entries[id], streamCount < limits.streams else { return false }
        forget(id, entry)
        entries[id] = Entry(network: entry.network, kind: .stream)
        streamCount += 1
        return true
    }

    /// A connection has ended.
    mutating func close(_ id: ID) {
        _ = remove(id)
    }

    @discardableResult
    private mutating func remove(_ id: ID) -> ID? {
        guard let entry = entries.removeValue(forKey: id) else { return nil }
        forget(id, entry)
        return id
    }

    /// Frees the place of a connection.
    private mutating func forget(_ id: ID, _ entry: Entry) {
        switch entry.kind {
        case .stranger:
            strangers[entry.network]?.removeAll { $0 == id }
            if strangers[entry.network]?.isEmpty == true { strangers[entry.network] = nil }
            strangerCount -= 1
        case .caller(let token):
            callers[token]?.remove(id)
            if callers[token]?.isEmpty == true { callers[token] = nil }
            callerCount -= 1
        case .stream: streamCount -= 1
        }
    }

    /// Of several addresses with the same number, the oldest connection.
    private func oldestOfTheFullest() -> ID? {
        var fullest: [ID] = []
        for ids in strangers.values
        where ids.count > fullest.count || (ids.count == fullest.count && ids[0] < fullest[0]) { fullest = ids }
        return fullest.first
    }

    private func mostIdle(_ ids: Set<ID>) -> ID? {
        ids.min { entries[$0]?.lastUse ?? 0 < entries[$1]?.lastUse ?? 0 }
    }
}
