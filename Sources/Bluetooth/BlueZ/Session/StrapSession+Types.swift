import DBus
import HeartRate
import Timing

extension StrapSession {
    enum Event: Equatable, Sendable {
        /// BlueZ shows something new, or the session's own state is new.
        case observed(View)
        /// The adapter is the session's, to connect.
        case granted(othersWait: Bool)
        /// `Connect` returned; nil is success.
        case connectAnswered(attempt: Int, BusError?)
        /// `StartNotify` returned; nil is success.
        case subscribeAnswered(attempt: Int, BusError?)
        /// `ReadValue` returned.
        case readAnswered(attempt: Int, StrapCharacteristic, Result<[UInt8], BusError>)
        /// `Disconnect` returned, however.
        case disconnectAnswered(attempt: Int)
        /// The agent is registered; nil is success.
        case agentAnswered(attempt: Int, BusError?)
        /// `Pair` returned; nil is success.
        case pairAnswered(attempt: Int, BusError?)
        /// The time of ``Action/pauseRenewals`` is over.
        case renewalPauseOver
        case measured(attempt: Int, HeartRateMeasurement, at: Moment)
        /// A malformed notification came.
        case malformed(attempt: Int)
        /// A broadcast was received, new or heard before.
        case broadcastReceived(attempt: Int, PolarBroadcast, at: Moment)
        /// The time that the last ``Action/setDeadline(_:)`` gave is over.
        case deadlinePassed
        /// The time of ``Action/setTimer(_:_:)`` is over.
        case timerPassed(SessionTimer)
        /// The program ends.
        case stop
    }

    enum Action: Equatable, Sendable {
        case report(StrapState)
        /// The details of the strap have changed.
        case reportDetails(StrapDetails)
        /// A new broadcast.
        case record(HeartRateMeasurement, at: Moment)
        /// The battery has become low.
        case warnOfBattery(percent: UInt8)
        /// Replaces the session's one deadline; nil takes it away.
        case setDeadline(DeadlineSpec?)
        /// Starts a time beside the deadline, answered by ``Event/timerPassed(_:)``; nil stops it.
        case setTimer(SessionTimer, DeadlineSpec?)
        /// `Device1.Connect`, answered by ``Event/connectAnswered(attempt:_:)``.
        case connect(ObjectPath, attempt: Int)
        /// `Device1.Disconnect`, answered by ``Event/disconnectAnswered(attempt:)``.
        case disconnect(ObjectPath, attempt: Int)
        /// `StopNotify`, then `Disconnect` unless another program listens to the characteristic; answered by
        /// ``Event/disconnectAnswered(attempt:)``.
        case release(ObjectPath, listeningTo: ObjectPath, attempt: Int)
        /// `StopNotify`, where the link stays; not answered.
        case stopNotify(ObjectPath)
        /// `Adapter1.RemoveDevice`; not answered.
        case removeDevice(ObjectPath, adapter: ObjectPath)
        /// Registers an agent that speaks for this device, answered by ``Event/agentAnswered(attempt:_:)``.
        case registerAgent(ObjectPath, attempt: Int)
        /// Unregisters it; not answered.
        case unregisterAgent
        /// `Device1.Pair`, answered by ``Event/pairAnswered(attempt:_:)``.
        case pair(ObjectPath, attempt: Int)
        /// Marks the device as trusted; not answered.
        case trust(ObjectPath)
        /// Something for the log.
        case note(StrapNotice)
        /// Answered by ``Event/renewalPauseOver`` after ``BondRenewal/pause``.
        case pauseRenewals
        /// Asks BlueZ for all its objects, in case a signal was lost; answered by a snapshot.
        case refreshObjects
        /// Listens for values and calls `StartNotify`, answered by ``Event/subscribeAnswered(attempt:_:)``.
        case subscribe(ObjectPath, attempt: Int)
        /// Receives the broadcasts of the device.
        case receiveBroadcasts(ObjectPath, attempt: Int)
        /// `ReadValue`, answered by ``Event/readAnswered(attempt:_:_:)``.
        case read(StrapCharacteristic, ObjectPath, attempt: Int)
        /// The link is over. bluetoothd ends or renews the subscription itself.
        case unsubscribe(attempt: Int)
    }

    /// What BlueZ shows that concerns this session.
    struct View: Equatable, Sendable {
        /// Why nothing can be done, if so.
        var blockage: StrapState.Reason?
        /// The device of the session. Nil without one, or if its object is gone.
        var device: BlueZSnapshot.Device?
        /// The device to go for, when the session has none.
        var candidate: BlueZSnapshot.Device?
        /// Whether another device is in range that was not tried yet. Set only with ``StrapSession/wantsAnother``.
        var hasAlternative = false
        /// Why the search cannot find one, if so.
        var searchFailure: StrapState.Reason?
    }

    /// What the session wants from its adapter.
    enum Demand: Equatable, Sendable {
        case nothing
        case scan
        /// The scan to go on that reports the device.
        case hearing
        /// A turn to connect.
        case turn
        /// To go on without a scan or another connection beside it.
        case quiet
    }

    var demand: Demand {
        switch state {
        case .searching: .scan
        case .receivingBroadcast(_, let hearing): hearing == .nothingYet ? .scan : .hearing
        case .queued: .turn
        case .registeringAgent, .connecting: .quiet
        case .leaving(_, let departure): departure.holdsTurn ? .quiet : .nothing
        case .listening, .standingBy: wantsAnother ? .scan : .nothing
        case .blocked, .pausing, .resolving, .awaitingObjects, .subscribing, .pairing, .stopping, .stopped: .nothing
        }
    }

    /// The device that the session is at, and that no other session may take.
    var link: Link? {
        switch state {
        case .queued(let link), .registeringAgent(let link, _), .connecting(let link), .resolving(let link),
            .awaitingObjects(let link), .subscribing(let link, _), .pairing(let link, _), .listening(let link, _, _),
            .leaving(let link, _), .stopping(let link), .receivingBroadcast(let link, _), .standingBy(let link, _):
            link
        case .blocked, .searching, .pausing, .stopped: nil
        }
    }

    /// Changes the link of a session that is connected, or overhears.
    mutating func changeLink(_ change: (inout Link) -> Void) {
        guard var link else { return }
        change(&link)
        switch state {
        case .resolving: state = .resolving(link)
        case .awaitingObjects: state = .awaitingObjects(link)
        case .subscribing(_, let path): state = .subscribing(link, to: path)
        case .pairing(_, let path): state = .pairing(link, for: path)
        case .listening(_, let path, let hearing): state = .listening(link, to: path, hearing)
        case .receivingBroadcast(_, let hearing): state = .receivingBroadcast(link, hearing)
        case .standingBy(_, let reason): state = .standingBy(link, reason)
        case .blocked, .searching, .pausing, .queued, .registeringAgent, .connecting, .leaving, .stopping, .stopped:
            break
        }
    }

    /// A strap that is live by an address that its device gives up soon.
    private func reasonToReconfigure(_ link: Link) -> StrapState.Reason? {
        guard case .address(let address) = configuration.selector, link.device.hasPrivateAddress else { return nil }
        return .addressChanges(address)
    }

    private func reasonOfLateness(on link: Link) -> StrapState.Reason {
        link.isOurs ? .silent(rhythm.lateness) : .anothersLink(.silent(rhythm.silence), link.device.address)
    }

    /// The state for users.
    var status: StrapState {
        func status(_ phase: StrapState.Phase, _ reason: StrapState.Reason? = nil) -> StrapState {
            StrapState(phase: phase, reason: reason, device: lastDevice)
        }
        switch state {
        case .blocked(let reason): return status(.blocked, reason)
        case .searching, .pausing, .receivingBroadcast(_, .nothingYet):
            return status(lastFailure == nil ? .searching : .disconnected, searchFailure ?? lastFailure)
        case .queued, .registeringAgent, .connecting: return status(.connecting)
        case .resolving, .awaitingObjects: return status(.resolving)
        case .subscribing, .pairing: return status(.subscribing)
        case .listening(let link, _, _) where link.isLate: return status(.stale, reasonOfLateness(on: link))
        case .listening(_, _, .nothingYet): return status(.subscribing)
        case .listening(let link, _, .heartRate), .receivingBroadcast(let link, .heartRate):
            return status(.live, reasonToReconfigure(link))
        case .listening(_, _, .noHeartRate(let reason)), .receivingBroadcast(_, .noHeartRate(let reason)):
            return status(.noContact, reason)
        case .listening(let link, _, .malformed):
            return status(link.hasMeasured ? .noContact : .subscribing, .onlyMalformed)
        case .receivingBroadcast(_, .malformed): return status(.noContact, .onlyMalformed)
        case .standingBy(_, let reason): return status(.disconnected, reason)
        case .leaving(_, let departure):
            if case .silent = departure.reason { return status(.stale, departure.reason) }
            return status(.disconnected, departure.reason)
        case .stopping, .stopped: return status(.disconnected, .stopped)
        }
    }
}
