import Pulsoid
import PulsoidAPI
import Timing

/// Follows what a service shows, into events, until it is cancelled.
struct StreamFollower: Sendable {
    let number: Int
    let view: VerificationPlan.View
    let client: PulsoidClient
    var time: any TimeSource = KernelTime()
    var clock: any Clock<Duration> = ContinuousClock()

    /// Throws ``PulsoidError`` where the service does not take the token.
    func follow(_ report: @escaping @Sendable (VerificationEvent) -> Void) async throws {
        switch view {
        case .room(let roomID):
            try await client.withRoom(roomID) { events in
                for try await event in events { tell(event, report, Self.observation) }
            }
        case .realTime:
            try await client.withRealTime { events in
                for try await event in events { tell(event, report, Self.observation) }
            }
        case .latest(let interval):
            try await poll(every: interval, report)
        }
    }

    private func tell<Message>(
        _ event: PulsoidEvent<Message>, _ report: (VerificationEvent) -> Void,
        _ observation: (Message, Moment) -> Observation?
    ) {
        switch event {
        case .connected: report(.opened(number, at: time.now()))
        case .disconnected(let reason, _): report(.closed(number, reason: reason))
        case .message(let message):
            if let observation = observation(message, time.now()) { report(.seen(number, observation)) }
        }
    }

    private static func observation(_ message: RoomMessage, at now: Moment) -> Observation? {
        guard case .heartRate(let rate) = message.payload else { return nil }
        return Observation(
            member: rate.profileID, measuredAtMilliseconds: message.timestampMilliseconds, beatsPerMinute: rate.bpm,
            at: now)
    }

    private static func observation(_ message: HeartRateMessage, at now: Moment) -> Observation {
        Observation(
            member: Observation.tokenUser, measuredAtMilliseconds: message.measuredAtMilliseconds,
            beatsPerMinute: message.heartRate, at: now)
    }

    private func poll(every interval: Duration, _ report: (VerificationEvent) -> Void) async throws {
        var state = PollState()
        while !Task.isCancelled {
            state = try await poll(state, report)
            try await clock.sleep(for: interval)
        }
        throw CancellationError()
    }

    private func poll(
        _ state: PollState, _ report: (VerificationEvent) -> Void
    ) async throws(PulsoidError) -> PollState {
        let latest: HeartRateMessage?
        do {
            latest = try await client.latest()
        } catch {
            guard error.code == .unavailable else { throw error }
            if state.isOpen { report(.closed(number, reason: error.description)) }
            return PollState(isOpen: false, last: state.last)
        }
        let now = time.now()
        if !state.isOpen { report(.opened(number, at: now)) }
        if let latest, latest != state.last {
            report(.seen(number, Self.observation(latest, at: now)))
        } else {
            report(.nothingNew(number, at: now))
        }
        return PollState(isOpen: true, last: latest)
    }
}

/// What the polls of the latest reading have come to.
private struct PollState {
    var isOpen = false
    var last: HeartRateMessage?
}

/// What happens while delivery is verified.
enum VerificationEvent: Sendable {
    /// Of the view with this number.
    case opened(Int, at: Moment)
    case closed(Int, reason: String)
    case seen(Int, Observation)
    /// The latest reading was asked for, and is the one of before, or none.
    case nothingNew(Int, at: Moment)
    /// It is time to look into the outbox.
    case look
    /// It is time to ask the hub what it has.
    case ask
    /// The time is over that was asked for, counted from the start or from the first opening.
    case timeIsOver(sinceOpening: Bool)
    /// Ctrl-C, or SIGTERM.
    case interrupted
    /// The grace at the end is over.
    case graceIsOver
}
