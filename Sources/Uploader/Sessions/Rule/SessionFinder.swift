package import Outbox
import Recordings

/// Finds the sessions in heart rates that come in order of arrival. A value without a clock.
package struct SessionFinder: Sendable {
    /// The present moment, which decides whether a session is over.
    package struct Now: Sendable, Equatable {
        package let wallMilliseconds: Int64
        package let bootMilliseconds: Int64
        package let isClockTrusted: Bool
        /// The number of the present boot in the outbox; nil while it has no reading of it.
        package let boot: Int64?

        package init(wallMilliseconds: Int64, bootMilliseconds: Int64, isClockTrusted: Bool, boot: Int64?) {
            self.wallMilliseconds = wallMilliseconds
            self.bootMilliseconds = bootMilliseconds
            self.isClockTrusted = isClockTrusted
            self.boot = boot
        }
    }

    /// Moves on between two calls.
    package var now: Now
    /// The last session of each strap, also one that is too short.
    private var open: [String: HeartRateSession] = [:]

    package init(now: Now) {
        self.now = now
    }

    /// Returns the session that is over because of this reading.
    package mutating func take(_ reading: WornReading) -> HeartRateSession? {
        guard var session = open[reading.strap] else {
            open[reading.strap] = HeartRateSession(reading)
            return nil
        }
        if SessionRule.joins(session.last, reading) {
            session.append(reading)
            open[reading.strap] = session
            return nil
        }
        // The present boot may still get its right time. Then the distance is known.
        let mayJoin =
            reading.boot == now.boot && SessionRule.mayJoin(session.last, reading)
        var next = HeartRateSession(reading)
        next.mayJoinEarlier = mayJoin
        open[reading.strap] = next
        session.state = mayJoin || session.mayJoinEarlier ? .unsettled : .finished
        return session.isLongEnough ? session : nil
    }

    /// Removes the sessions that are over, also short ones, and returns those that are long enough.
    mutating func takeFinished() -> [HeartRateSession] {
        let finished = open.values.filter { now.state(after: $0.last) == .finished && !$0.mayJoinEarlier }
        for session in finished { open[session.strap] = nil }
        return finished.filter(\.isLongEnough).sorted { $0.id < $1.id }.map { session in
            var session = session
            session.state = .finished
            return session
        }
    }

    /// The first reading of all sessions that are not over.
    var oldestOpenID: Int64? { open.values.map(\.id).min() }

    /// The last sessions of all straps, in order of arrival, when there are no more readings.
    package func last() -> [HeartRateSession] {
        open.values.filter(\.isLongEnough).sorted { $0.id < $1.id }.map { session in
            var session = session
            session.state = now.state(after: session.last)
            if session.state == .finished, session.mayJoinEarlier { session.state = .unsettled }
            return session
        }
    }
}

extension SessionFinder.Now {
    /// The state of a session whose last reading is this one.
    func state(after last: WornReading) -> HeartRateSession.State {
        let present = WornReading(
            id: last.id, strap: last.strap, boot: boot ?? -1, isClockTrusted: isClockTrusted,
            wallMilliseconds: wallMilliseconds, bootMilliseconds: bootMilliseconds, beatsPerMinute: 0)
        if let distance = SessionRule.distance(from: last, to: present) {
            return SessionRule.joins(afterMilliseconds: distance) ? .running : .finished
        }
        return SessionRule.mayJoin(last, present) ? .unsettled : .finished
    }
}
