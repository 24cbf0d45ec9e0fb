import DBus
import Logging
import ServiceLifecycle
import Timing

/// The thin shell around ``CentralMachine``: waits for events and performs actions.
struct CentralLoop<C: Clock> where C.Duration == Duration {
    /// The owner of a deadline.
    private enum DeadlineOwner: Hashable {
        case strap(Int)
        /// The pause between two renewals of a strap's bond.
        case bond(Int)
        case timer(Int, SessionTimer)
        case adapter(ObjectPath)

        var passed: CentralMachine.Event {
            switch self {
            case .strap(let strap): .strap(strap, .deadlinePassed)
            case .bond(let strap): .strap(strap, .renewalPauseOver)
            case .timer(let strap, let timer): .strap(strap, .timerPassed(timer))
            case .adapter(let path): .adapter(path, .deadlinePassed)
            }
        }
    }

    private let clock: C
    private let time: any TimeSource
    private let inbox: Inbox<CentralInput>
    private let calls: BlueZCalls
    private let events: EventBuffer
    private let logger: Logger
    private let advice: @Sendable (StrapAdvice) -> String

    private var machine: CentralMachine
    private var deadlines: [DeadlineOwner: C.Instant] = [:]
    /// The time of the next ``CentralInput/woken``; nil without a pending sleep. Each packet postpones deadlines. A
    /// pending sleep is kept then: a sleep costs more than a wake-up without effect.
    private var wakesAt: C.Instant?
    private var listeners = NotificationListeners()
    /// The state of each strap that the log loggedStates of last.
    private var loggedStates: [Int: StrapState] = [:]
    /// The orders for the agent, in order: bluetoothd accepts one agent of a program.
    private let agentOrders = AsyncStream.makeStream(of: (strap: Int, order: StrapSession.Action).self)

    init(
        straps: [StrapConfiguration], clock: C, time: any TimeSource, client: BlueZClient,
        inbox: Inbox<CentralInput>, events: EventBuffer, logger: Logger,
        advice: @escaping @Sendable (StrapAdvice) -> String
    ) {
        self.clock = clock
        self.time = time
        self.inbox = inbox
        calls = BlueZCalls(client: client, inbox: inbox, events: events)
        self.events = events
        self.logger = logger
        self.advice = advice
        machine = CentralMachine(straps)
    }

    /// Runs until the machine has stopped, which graceful shutdown makes it do, or until the task is cancelled.
    mutating func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [calls] in await calls.client.run() }
            group.addTask { [inbox] in
                // Throws when the loop ends for another reason.
                guard (try? await gracefulShutdown()) != nil else { return }
                inbox.send(.machine(.stop))
            }
            group.addTask { [calls, orders = agentOrders.stream] in
                for await (strap, order) in orders { await calls.perform(order, for: strap) }
            }
            var inputs: [CentralInput] = []
            while !machine.isStopped, !Task.isCancelled, await inbox.takeAll(into: &inputs) {
                for input in inputs where !machine.isStopped { take(input, &group) }
                sleepUntilEarliestDeadline(&group)
            }
            group.cancelAll()
        }
    }

    private mutating func take(_ input: CentralInput, _ group: inout DiscardingTaskGroup) {
        switch input {
        case .machine(let event):
            if case .observed(let snapshot) = event, snapshot.unavailable != nil { listeners.endAll() }
            if case .configured(let straps) = event {
                group.addTask { [calls] in await calls.client.look(for: straps) }
            }
            perform(machine.handle(event), &group)
            // A removed strap is not received any more, after its link has ended.
            for strap in machine.removed where machine.sessions[strap].state == .stopped { listeners.end(strap) }
        case .ping(let answered): answered.finish()
        case .woken:
            // Otherwise an earlier sleep has replaced this one.
            guard let wakesAt, wakesAt <= clock.now else { return }
            self.wakesAt = nil
            passDeadlines(&group)
        case .packet(let strap, let path, let packet): take(packet, of: strap, from: path, isLost: false, &group)
        case .lostPacket(let strap, let path, let packet): take(packet, of: strap, from: path, isLost: true, &group)
        }
    }

    /// Shows the session a packet, and the consumer the event unless it is lost: see ``EventBuffer``.
    private mutating func take(
        _ packet: Packet, of strap: Int, from path: ObjectPath, isLost: Bool, _ group: inout DiscardingTaskGroup
    ) {
        // A packet of no attempt is late, and still a reading.
        let attempt = listeners.attempt(of: strap, from: path) ?? 0
        let event: StrapSession.Event
        let kind: StrapEvent.Kind?
        switch packet.content {
        case .measurement(let measurement):
            event = .measured(attempt: attempt, measurement, at: packet.arrival)
            kind = .measurement(measurement)
        case .malformed(let bytes, let error):
            event = .malformed(attempt: attempt)
            kind = .malformed(bytes: bytes, error)
        case .broadcast(let broadcast):
            event = .broadcastReceived(attempt: attempt, broadcast, at: packet.arrival)
            kind = nil
        }
        var actions = machine.handle(.strap(strap, event))
        if kind == nil {
            // The session recognises a broadcast that was heard before.
            if isLost { actions.removeAll(where: \.isRecord) }
            if !isLost, !actions.contains(where: \.isRecord) { events.withdraw() }
        }
        perform(actions, &group)
        if let kind, !isLost { deliver(kind, of: strap, at: packet.arrival) }
    }

    private func name(of strap: Int) -> String { machine.sessions[strap].configuration.name }

    private func deliver(_ kind: StrapEvent.Kind, of strap: Int, at moment: Moment) {
        events.append(StrapEvent(strap: name(of: strap), at: moment, kind: kind))
    }

    private mutating func report(_ state: StrapState, of strap: Int) {
        var metadata: Logger.Metadata = ["strap": "\(name(of: strap))", "state": "\(state.phase.rawValue)"]
        if let reason = state.reason { metadata["reason"] = "\(reason.message(advice))" }
        if let device = state.device { metadata["device"] = "\(device)" }
        logger.log(level: level(of: state, of: strap), "strap", metadata: metadata)
        deliver(.state(state), of: strap, at: time.now())
    }

    /// A strap that fails again and again is logged once. The states in between, and repetitions, are logged with level
    /// debug.
    private mutating func level(of state: StrapState, of strap: Int) -> Logger.Level {
        switch state.phase {
        case .connecting, .resolving, .subscribing: return .debug
        case .searching, .live, .stale, .noContact, .disconnected, .blocked:
            guard loggedStates[strap] != state else { return .debug }
            loggedStates[strap] = state
            // Only a search that fails has a reason.
            let isSearchFailing = state.phase == .searching && state.reason != nil
            return state.phase == .blocked || isSearchFailing ? .warning : .info
        }
    }

    private func warnOfBattery(_ percent: UInt8, of strap: Int) {
        logger.warning(
            "the strap's battery is low: have a new one ready",
            metadata: ["strap": "\(name(of: strap))", "battery": "\(percent) %"])
    }

    private func note(_ notice: StrapNotice, of strap: Int) {
        logger.log(
            level: notice.isWarning ? .warning : .notice, "\(notice.message(advice))",
            metadata: ["strap": "\(name(of: strap))"])
    }

    // MARK: Actions

    private mutating func perform(_ actions: [CentralMachine.Action], _ group: inout DiscardingTaskGroup) {
        for action in actions {
            switch action {
            case .strap(let strap, .report(let state)): report(state, of: strap)
            case .strap(let strap, .reportDetails(let details)): deliver(.details(details), of: strap, at: time.now())
            case .strap(let strap, .record(let measurement, let arrival)):
                deliver(.measurement(measurement), of: strap, at: arrival)
            case .strap(let strap, .warnOfBattery(let percent)): warnOfBattery(percent, of: strap)
            case .strap(let strap, .note(let notice)): note(notice, of: strap)
            case .strap(let strap, .registerAgent(let device, let attempt)):
                agentOrders.continuation.yield((strap, .registerAgent(device, attempt: attempt)))
            case .strap(let strap, .unregisterAgent): agentOrders.continuation.yield((strap, .unregisterAgent))
            case .strap(let strap, .setDeadline(let wait)): setDeadline(of: .strap(strap), wait)
            case .strap(let strap, .setTimer(let timer, let wait)): setDeadline(of: .timer(strap, timer), wait)
            case .strap(let strap, .pauseRenewals): setDeadline(of: .bond(strap), .exactly(BondRenewal.pause))
            case .strap(let strap, .subscribe(let path, let attempt)):
                guard let attempts = listeners.subscribe(strap, to: path, attempt) else { continue }
                group.addTask { [calls, name = name(of: strap)] in
                    await calls.listen(strap, named: name, to: path, for: attempts)
                }
            case .strap(let strap, .receiveBroadcasts(let path, let attempt)):
                let ended = listeners.receiveBroadcasts(strap, path, attempt)
                group.addTask { [calls, name = name(of: strap)] in
                    await calls.receiveBroadcasts(strap, named: name, path, until: ended)
                }
            case .strap(let strap, .unsubscribe): listeners.unsubscribe(strap)
            case .strap(let strap, let call): group.addTask { [calls] in await calls.perform(call, for: strap) }
            case .warn(let reason):
                logger.warning("an adapter does not search", metadata: ["reason": "\(reason.message(advice))"])
            case .adapter(let path, .setDeadline(let wait)): setDeadline(of: .adapter(path), wait)
            case .adapter(let path, let call): group.addTask { [calls] in await calls.perform(call, on: path) }
            }
        }
    }

    // MARK: Deadlines

    private mutating func setDeadline(of owner: DeadlineOwner, _ wait: DeadlineSpec?) {
        deadlines[owner] = wait.map { clock.now.advanced(by: $0.drawn) }
    }

    private mutating func passDeadlines(_ group: inout DiscardingTaskGroup) {
        while let (owner, deadline) = deadlines.min(by: { $0.value < $1.value }), deadline <= clock.now {
            deadlines[owner] = nil
            perform(machine.handle(owner.passed), &group)
        }
    }

    private mutating func sleepUntilEarliestDeadline(_ group: inout DiscardingTaskGroup) {
        guard let earliest = deadlines.values.min() else { return }
        if let wakesAt, wakesAt <= earliest { return }
        wakesAt = earliest
        group.addTask { [clock, inbox] in
            guard (try? await clock.sleep(until: earliest, tolerance: nil)) != nil else { return }
            inbox.send(.woken)
        }
    }
}

/// What the loop waits for.
enum CentralInput: Sendable {
    case machine(CentralMachine.Event)
    /// From a characteristic, or from a device that broadcasts.
    case packet(strap: Int, from: ObjectPath, Packet)
    /// A packet beyond the limit of ``EventBuffer``: the session gets it, the consumer does not.
    case lostPacket(strap: Int, from: ObjectPath, Packet)
    /// A watchdog asks for a sign of life: finished when the loop reaches it.
    case ping(AsyncStream<Never>.Continuation)
    /// It is time to look at the deadlines.
    case woken
}

extension CentralMachine.Action {
    fileprivate var isRecord: Bool {
        if case .strap(_, .record) = self { true } else { false }
    }
}
