import HubStore
import NIOCore
import Synchronization

/// All open connections of the hub, on all event loops, with their ``ConnectionPlaces``.
final class OpenConnections: Sendable {
    private struct State {
        var places: ConnectionPlaces
        var channels: [ConnectionPlaces.ID: any Channel] = [:]
        var open: [ObjectIdentifier: ConnectionPlace] = [:]
        var lastID: ConnectionPlaces.ID = 0
    }

    private let trustedProxies: TrustedProxies
    private let metrics: HubMetrics
    // Held for a few dictionary look-ups. For a new connection above the limit, it searches all addresses once.
    private let state: Mutex<State>

    init(limits: HubLimits, trustedProxies: TrustedProxies, metrics: HubMetrics) {
        self.trustedProxies = trustedProxies
        self.metrics = metrics
        state = Mutex(State(places: ConnectionPlaces(limits: limits)))
    }

    var count: Int { state.withLock { $0.places.count } }

    /// Takes a place for a connection until it is closed. Nil if there is none; then the connection only gets that
    /// answer.
    func open(_ channel: any Channel, peer: PeerAddress) -> ConnectionPlace? {
        let isProxy = trustedProxies.trusts(peer)
        let (id, displaced) = state.withLock { state -> (ConnectionPlaces.ID?, (any Channel)?) in
            state.lastID += 1
            let id = state.lastID
            guard case .admitted(let closing) = state.places.open(id, from: peer.network, isProxy: isProxy) else {
                return (nil, nil)
            }
            state.channels[id] = channel
            state.open[ObjectIdentifier(channel)] = ConnectionPlace(id: id, peer: peer, connections: self)
            return (id, closing.flatMap { state.channels.removeValue(forKey: $0) })
        }
        close(displaced)
        guard let id else { return nil }
        let key = ObjectIdentifier(channel)
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { state in
                state.places.close(id)
                state.channels[id] = nil
                state.open[key] = nil
            }
        }
        return ConnectionPlace(id: id, peer: peer, connections: self)
    }

    /// The place of a connection; nil if it has none, or lost it.
    func place(of channel: any Channel) -> ConnectionPlace? {
        state.withLock { $0.open[ObjectIdentifier(channel)] }
    }

    fileprivate func showed(_ token: TokenHash, on id: ConnectionPlaces.ID) {
        let displaced = state.withLock { state in
            state.places.showed(token, on: id).flatMap { state.channels.removeValue(forKey: $0) }
        }
        close(displaced)
    }

    fileprivate func openStream(_ id: ConnectionPlaces.ID) -> Bool {
        state.withLock { $0.places.openStream(id) }
    }

    fileprivate func isStranger(_ id: ConnectionPlaces.ID) -> Bool {
        state.withLock { $0.places.isStranger(id) }
    }

    private func close(_ displaced: (any Channel)?) {
        guard let displaced else { return }
        metrics.count { $0.displacedConnection() }
        displaced.cut()
    }
}

/// The place of one connection.
struct ConnectionPlace: Sendable {
    fileprivate let id: ConnectionPlaces.ID
    /// The other end of the connection: read once, because an address becomes text and back on its way.
    let peer: PeerAddress
    fileprivate let connections: OpenConnections

    /// A request on it had a good token: it is not a stranger's any more.
    func showed(_ token: TokenHash) {
        connections.showed(token, on: id)
    }

    /// It becomes a stream. False if there are no places for streams left.
    func openStream() -> Bool {
        connections.openStream(id)
    }

    /// Whether it has not shown a good token yet.
    var isStranger: Bool { connections.isStranger(id) }
}
