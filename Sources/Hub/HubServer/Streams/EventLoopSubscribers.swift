import HubStore
import NIOCore
import NIOWebSocket
import PulsoidAPI
import Timing

/// The open streams of one event loop. All work happens on that loop, without locks. An event is encoded once for
/// each format, for all readers.
final class EventLoopSubscribers {
    private typealias Sockets = [ObjectIdentifier: WebSocketHandler]

    private var sockets: Sockets = [:]
    /// Readers of the real-time stream by user.
    private var realTime: [Int64: Sockets] = [:]
    /// Readers of rooms by room.
    private var rooms: [String: Sockets] = [:]
    /// Sockets with frames of the current event.
    private var unflushed: [WebSocketHandler] = []
    private let store: HubStore
    private let metrics: HubMetrics

    init(store: HubStore, metrics: HubMetrics) {
        self.metrics = metrics
        self.store = store
    }

    var now: Moment { store.time.now() }

    /// Adds a socket. Its right to the stream is checked again, because it may have ended since the upgrade was
    /// granted. From here on ``handle(_:)`` reports changes to it.
    ///
    /// - Returns: why it must be closed; nil if it may stay.
    func add(_ socket: WebSocketHandler) -> String? {
        let subscription = socket.subscription
        let directory = store.database.directory
        guard directory.tokens[subscription.token.hash] != nil else { return "the token has ended" }
        let id = ObjectIdentifier(socket)
        switch subscription.stream {
        case .realTime: realTime[subscription.userID, default: [:]][id] = socket
        case .room(let roomID, _):
            guard directory.rooms[roomID]?.members[subscription.userID] != nil else {
                return "not a member of the room"
            }
            rooms[roomID, default: [:]][id] = socket
        }
        sockets[id] = socket
        metrics.count { $0.readerCame(subscription.stream.kind) }
        return nil
    }

    func remove(_ socket: WebSocketHandler) {
        let id = ObjectIdentifier(socket)
        guard sockets.removeValue(forKey: id) != nil else { return }
        metrics.count { $0.readerLeft(socket.subscription.stream.kind) }
        switch socket.subscription.stream {
        case .realTime:
            realTime[socket.subscription.userID]?[id] = nil
            if realTime[socket.subscription.userID]?.isEmpty == true { realTime[socket.subscription.userID] = nil }
        case .room(let roomID, _):
            rooms[roomID]?[id] = nil
            if rooms[roomID]?.isEmpty == true { rooms[roomID] = nil }
        }
    }

    func handle(_ event: HubEvent) {
        switch event {
        case .stored(let readings, let directory):
            for reading in readings {
                sendToRealTime(reading)
                sendToRooms(reading, directory)
            }
        case .directoryChanged(let changes, _):
            endStreams(of: changes)
            for change in changes { handle(change) }
        case .missed: closeAll(reason: "the hub was without its database")
        case .committed: break
        }
        for socket in unflushed { socket.flush() }
        unflushed.removeAll(keepingCapacity: true)
    }

    /// Counts a dropped reader.
    func dropped(_ reason: HubCounts.Drop) {
        metrics.count { $0.dropped(reason) }
    }

    /// Flushes the socket at the end of the event.
    func flushLater(_ socket: WebSocketHandler) {
        unflushed.append(socket)
    }

    /// Ends streams with expired tokens, and checks that the other readers are alive.
    func tick(now: Moment) {
        for socket in sockets.values {
            if socket.subscription.token.isExpired(atMilliseconds: now.wallMilliseconds) {
                socket.close(.policyViolation, reason: "the token has expired")
            } else {
                socket.keepAlive(now: now)
            }
        }
    }

    func closeAll(reason: String) {
        for socket in sockets.values { socket.close(.serviceRestart, reason: reason) }
    }

    private func sendToRealTime(_ reading: StoredReading) {
        guard let readers = realTime[reading.userID] else { return }
        let message = HeartRateMessage(
            measuredAtMilliseconds: reading.measuredAtMilliseconds, heartRate: reading.heartRate)
        var frames: [ResponseMode: ByteBuffer] = [:]
        for socket in readers.values {
            guard case .realTime(let mode) = socket.subscription.stream else { continue }
            let frame = frames[mode] ?? ServerFrame.text(message.text(mode))
            frames[mode] = frame
            socket.send(frame)
        }
    }

    private func sendToRooms(_ reading: StoredReading, _ directory: AccountDirectory) {
        var frame: ByteBuffer?
        for roomID in directory.roomIDs(ofUser: reading.userID) {
            guard let readers = rooms[roomID], let room = directory.rooms[roomID],
                let member = room.members[reading.userID]
            else { continue }
            let heartRate = frame ?? ServerFrame.text(member.heartRateText(reading))
            frame = heartRate
            for socket in readers.values {
                for state in socket.roomState.stateMissing(beforeReadingOf: member, in: room) {
                    socket.send(ServerFrame.text(state))
                }
                if socket.roomState.kinds.contains(.heartRate) { socket.send(heartRate) }
            }
        }
    }

    /// Checks each socket once, however many tokens have ended.
    private func endStreams(of changes: [DirectoryChange]) {
        let ended = Set(
            changes.compactMap { change -> TokenHash? in
                if case .tokenEnded(let hash) = change { hash } else { nil }
            })
        guard !ended.isEmpty else { return }
        for socket in sockets.values where ended.contains(socket.subscription.token.hash) {
            socket.close(.policyViolation, reason: "the token has ended")
        }
    }

    private func handle(_ change: DirectoryChange) {
        switch change {
        case .tokenEnded: break
        case .memberRemoved(let user, let roomID): memberRemoved(user, roomID: roomID)
        case .memberUpdated(let member, let roomID):
            let frame = ServerFrame.text(member.updatedText)
            for socket in readers(ofRoom: roomID) where socket.roomState.memberUpdated(member) { socket.send(frame) }
        case .roomUpdated(let room):
            let frame = ServerFrame.text(room.updatedText)
            for socket in readers(ofRoom: room.id) where socket.roomState.roomUpdated() { socket.send(frame) }
        }
    }

    private func memberRemoved(_ user: User, roomID: String) {
        let removed = RoomMessage(
            timestampMilliseconds: now.wallMilliseconds, payload: .memberRemoved(.init(profileID: user.profileID)))
        // Two strings always encode.
        let frame = (try? removed.text()).map(ServerFrame.text)
        for socket in readers(ofRoom: roomID) {
            if socket.roomState.memberRemoved(user.id), let frame { socket.send(frame) }
            if socket.subscription.userID == user.id {
                socket.close(.policyViolation, reason: "removed from the room")
            }
        }
    }

    private func readers(ofRoom roomID: String) -> [WebSocketHandler] {
        rooms[roomID].map { Array($0.values) } ?? []
    }
}

extension WebSocketErrorCode {
    /// RFC 6455's registry: the server restarts, or another one serves.
    fileprivate static let serviceRestart = WebSocketErrorCode(codeNumber: 1012)
}

extension Member {
    func heartRateText(_ reading: StoredReading) -> String {
        RoomMessage.heartRateText(
            profileID: user.profileID, bpm: reading.heartRate, measuredAtMilliseconds: reading.measuredAtMilliseconds)
    }
}
