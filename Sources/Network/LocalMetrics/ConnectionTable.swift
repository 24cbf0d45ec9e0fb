import NIOCore
import Synchronization

/// The open connections of a ``MetricsServer``: a lock around values, because event loops change it and must not wait.
final class ConnectionTable: Sendable {
    private struct State {
        var slots: ConnectionSlots<ObjectIdentifier>
        /// Those without a place, too.
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
    }

    private let state: Mutex<State>

    init(limit: Int) {
        state = Mutex(State(slots: ConnectionSlots(limit: limit)))
    }

    /// Whether the connection has a place. Closes the connection that it replaces.
    func admit(_ channel: any Channel) -> Bool {
        let (isAdmitted, closing) = state.withLock { state -> (Bool, (any Channel)?) in
            if state.isClosed { return (false, channel) }
            state.channels[ObjectIdentifier(channel)] = channel
            switch state.slots.admit(ObjectIdentifier(channel)) {
            case .refused: return (false, nil)
            case .admitted(let closing): return (true, closing.flatMap { state.channels.removeValue(forKey: $0) })
            }
        }
        closing?.close(promise: nil)
        return isAdmitted
    }

    func beginAnswer(_ channel: any Channel) -> Bool {
        state.withLock { $0.slots.beginAnswer(ObjectIdentifier(channel)) }
    }

    func release(_ channel: any Channel) {
        state.withLock { state in
            state.slots.release(ObjectIdentifier(channel))
            state.channels[ObjectIdentifier(channel)] = nil
        }
    }

    /// Closes all connections, and those that come later.
    func closeAll() {
        let channels = state.withLock { state in
            state.isClosed = true
            defer { state.channels = [:] }
            return state.channels.values
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
