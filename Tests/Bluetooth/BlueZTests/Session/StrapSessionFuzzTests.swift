import DBus
import HeartRate
import TestKit
import Testing
import Timing

@testable import BlueZ

/// Whatever happens in whatever order, some things must hold.
@Suite struct StrapSessionFuzzTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func session_whateverHappens_neverHangsAndNeverLeaks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var session = Self.session(seed)
        var record = Record()
        for _ in 0..<400 {
            let event = anything(for: session, &random)
            if Self.opensBudget(event) { record.removals = 0 }
            if event == .renewalPauseOver { record.pausesRenewals = false }
            if case .timerPassed(let timer) = event { record.timers.remove(timer) }
            var steady = session
            let lateness = steady.handleSteadily(event)
            let actions = session.handle(event)
            if let lateness {
                #expect(actions == [.setDeadline(.exactly(lateness))], "seed \(seed)")
                #expect(steady.state == session.state && steady.status == session.status, "seed \(seed)")
            }
            record.note(actions)
            #expect(record.mustHold(in: session), "seed \(seed), after \(event): \(session.state)")
        }
        record.note(session.handle(.stop))
        if session.state != .stopped { record.note(session.handle(.deadlinePassed)) }
        #expect(session.state == .stopped)
        #expect(record.subscriptions.isEmpty)
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func session_whateverHappened_isLiveSoonWhenAllIsWell(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var session = Self.session(seed)
        for _ in 0..<200 { _ = session.handle(anything(for: session, &random)) }
        for _ in 0..<20 {
            switch session.state {
            case .blocked, .searching: _ = session.show(candidate: Scenery.strap())
            case .queued: _ = session.handle(.granted(othersWait: false))
            case .registeringAgent(let link, _): _ = session.handle(.agentAnswered(attempt: link.attempt, nil))
            case .pairing(let link, _): _ = session.handle(.pairAnswered(attempt: link.attempt, nil))
            case .connecting(let link): _ = session.handle(.connectAnswered(attempt: link.attempt, nil))
            case .resolving, .awaitingObjects: _ = session.show(Scenery.connectedStrap())
            case .subscribing(let link, _): _ = session.handle(.subscribeAnswered(attempt: link.attempt, nil))
            case .listening(let link, _, _):
                _ = session.handle(.measured(attempt: link.attempt, Scenery.heartRate))
            case .receivingBroadcast(let link, _):
                let new = PolarBroadcast(beatsPerMinute: 200)
                _ = session.handle(.broadcastReceived(attempt: link.attempt, new, at: ManualTime().now()))
            case .leaving, .pausing, .standingBy: _ = session.handle(.deadlinePassed)
            case .stopping, .stopped: break
            }
        }
        #expect(session.status.phase == .live)
    }

    /// Events after which bluetoothd may forget the device once more.
    private static func opensBudget(_ event: StrapSession.Event) -> Bool {
        switch event {
        case .timerPassed(.cache): true
        case .measured(_, let measurement, _): measurement.isHeartRate
        default: false
        }
    }

    /// Every fourth one listens to broadcasts.
    private static func session(_ seed: UInt64) -> StrapSession {
        StrapSession(
            StrapConfiguration(
                name: "chest", selector: .first, mode: seed % 4 == 0 ? .broadcast : .connect,
                renewsBond: seed.isMultiple(of: 3)))
    }

    /// What the shell would know of the session from its actions alone.
    private struct Record {
        var subscriptions: Set<Int> = []
        var hasDeadline = false
        var reported: StrapState?
        var agents = 0
        var pausesRenewals = false
        var timers: Set<SessionTimer> = []
        /// Removals of a device without a bond since a heart rate, or the end of the pause.
        var removals = 0
        /// The attempts for which `Connect` was called.
        var connects: Set<Int> = []
        /// Whether a link was ended for which it was not: another program's.
        var hasEndedAnothers = false

        mutating func note(_ actions: [StrapSession.Action]) {
            for action in actions {
                switch action {
                case .subscribe(_, let attempt), .receiveBroadcasts(_, let attempt): subscriptions.insert(attempt)
                case .unsubscribe(let attempt): subscriptions.remove(attempt)
                case .setDeadline(let wait): hasDeadline = wait != nil
                case .report(let state): reported = state
                case .registerAgent: agents += 1
                case .unregisterAgent: agents -= 1
                case .pauseRenewals: pausesRenewals = true
                case .setTimer(let timer, nil): timers.remove(timer)
                case .setTimer(let timer, _): timers.insert(timer)
                case .note(.cacheEmptied): removals += 1
                case .connect(_, let attempt): connects.insert(attempt)
                case .disconnect(_, let attempt), .release(_, _, let attempt):
                    if !connects.contains(attempt) { hasEndedAnothers = true }
                case .reportDetails, .record, .warnOfBattery, .read, .stopNotify, .removeDevice, .refreshObjects, .pair,
                    .trust,
                    .note:
                    break
                }
            }
        }

        func mustHold(in session: StrapSession) -> Bool {
            let waitsForOthers =
                switch session.state {
                case .blocked, .searching, .queued, .stopped: true
                default: false
                }
            return hasDeadline != waitsForOthers && reported == session.status && subscriptions.count <= 1
                && (session.link?.isSubscribed ?? false) == !subscriptions.isEmpty
                && timers == session.timers && timers == Set(session.timersOfState.keys) && removals <= 1
                && !hasEndedAnothers
                && agents == (session.isBonding ? 1 : 0) && (session.renewal == .resting) == pausesRenewals
        }
    }

    private func anything(for session: StrapSession, _ random: inout SplitMix64) -> StrapSession.Event {
        let attempt = (session.link?.attempt ?? 0) - (Int.random(in: 0..<5, using: &random) == 0 ? 1 : 0)
        let errors = [
            nil, Scenery.abortedByLocal, Scenery.unknownObject, Scenery.bluezError("InProgress"),
            Scenery.bluezError("AlreadyConnected"), Scenery.bluezError("NotPermitted", "Notify acquired"),
            Scenery.bluezError("Failed", "Operation failed with ATT error: 0x01"),
        ]
        let error = errors.randomElement(using: &random) ?? nil
        switch Int.random(in: 0..<18, using: &random) {
        case 17: return .timerPassed(SessionTimer.allCases.randomElement(using: &random) ?? .trial)
        case 14: return .agentAnswered(attempt: attempt, error)
        case 15: return .pairAnswered(attempt: attempt, error)
        case 16: return .renewalPauseOver
        case 0: return .granted(othersWait: Bool.random(using: &random))
        case 1: return .connectAnswered(attempt: attempt, error)
        case 2: return .subscribeAnswered(attempt: attempt, error)
        case 3: return .disconnectAnswered(attempt: attempt)
        case 4: return .measured(attempt: attempt, Scenery.heartRate)
        case 5:
            let moment = Moment(wallMilliseconds: 0, bootMilliseconds: .random(in: 0..<1_000_000, using: &random))
            return .measured(attempt: attempt, Scenery.noContact, at: moment)
        case 6: return .malformed(attempt: attempt)
        case 7: return .deadlinePassed
        case 8:
            let answers: [Result<[UInt8], BusError>] = [.success([1]), .failure(Scenery.abortedByLocal)]
            return .readAnswered(
                attempt: attempt, StrapCharacteristic.allCases.randomElement(using: &random) ?? .modelNumber,
                answers[Int.random(in: 0..<2, using: &random)])
        case 9:
            let broadcast = PolarBroadcast(
                beatsPerMinute: 72, isContactDetected: Bool.random(using: &random),
                counter: UInt8.random(in: 0..<8, using: &random))
            return .broadcastReceived(attempt: attempt, broadcast, at: ManualTime().now())
        default: return .observed(view(&random))
        }
    }

    private func view(_ random: inout SplitMix64) -> StrapSession.View {
        var device = Scenery.strap(
            signalStrength: Bool.random(using: &random) ? -60 : nil, isConnected: Bool.random(using: &random),
            isPaired: Bool.random(using: &random), isResolved: Bool.random(using: &random),
            hasMeasurement: Bool.random(using: &random))
        device.detailPaths = [.bodySensorLocation: "/location", .modelNumber: "/model"]
        if Int.random(in: 0..<8, using: &random) == 0 { device.measurementPath = Scenery.characteristicPath(2) }
        if Bool.random(using: &random) { device.otherMeasurementPaths = [Scenery.characteristicPath(3)] }
        device.isAddressRandom = Bool.random(using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return StrapSession.View(blockage: .bluetoothdMissing)
        case 1: return StrapSession.View()
        default:
            return StrapSession.View(
                device: device, candidate: device.isPresent ? device : nil, hasAlternative: Bool.random(using: &random))
        }
    }
}
