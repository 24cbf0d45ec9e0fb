import Pulsoid
import PulsoidAPI
import Timing

/// Follows what a service shows, into events, until it is cancelled.
struct ServiceView: Sendable {
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
                for try await event in events { tell(event, report, Self.sight) }
            }
        case .realTime:
            try await client.withRealTime { events in
                for try await event in events { tell(event, report, Self.sight) }
            }
        case .latest(let interval):
            try await poll(every: interval, report)
        }
    }

    private func tell<Message>(
        _ event: PulsoidEvent<Message>, _ report: (VerificationEvent) -> Void, _ sight: (Message, Moment) -> Sight?
    ) {
        switch event {
        case .connected: report(.opened(number, at: time.now()))
        case .disconnected(let reason, _): report(.closed(number, reason: reason))
        case .message(let message): if let sight = sight(message, time.now()) { report(.seen(number, sight)) }
        }
    }

    private static func sight(_ message: RoomMessage, at now: Moment) -> Sight? {
        guard case .heartRate(let rate) = message.payload else { return nil }
        return Sight(
            member: rate.profileID, measuredAtMilliseconds: message.timestampMilliseconds, beatsPerMinute: rate.bpm,
            at: now)
    }

    private static func sight(_ message: HeartRateMessage, at now: Moment) -> Sight {
        Sight(
            member: Sight.tokenUser, measuredAtMilliseconds: message.measuredAtMilliseconds,
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
            report(.seen(number, Self.sight(latest, at: now)))
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
