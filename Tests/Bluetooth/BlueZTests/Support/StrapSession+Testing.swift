import DBus
import HeartRate
import TestKit

@testable import BlueZ

extension StrapSession.Event {
    /// A measurement that arrives at a time of no interest.
    static func measured(attempt: Int, _ measurement: HeartRateMeasurement) -> StrapSession.Event {
        .measured(attempt: attempt, measurement, at: ManualTime().now())
    }
}

extension StrapSession {
    /// Shows the session its device, or a candidate where it has none.
    mutating func show(
        _ device: BlueZSnapshot.Device? = nil, candidate: BlueZSnapshot.Device? = nil
    ) -> [Action] {
        handle(.observed(View(device: device, candidate: candidate)))
    }

    /// A session for the first strap, whose `Connect` is under way.
    static func connecting() -> StrapSession {
        var session = StrapSession(StrapConfiguration(name: "chest", selector: .first))
        _ = session.show(candidate: Scenery.strap())
        _ = session.handle(.granted(othersWait: false))
        return session
    }

    static func subscribing() -> StrapSession {
        var session = connecting()
        _ = session.show(Scenery.connectedStrap())
        return session
    }

    static func live() -> StrapSession {
        var session = subscribing()
        _ = session.handle(.subscribeAnswered(attempt: 1, nil))
        _ = session.handle(.measured(attempt: 1, Scenery.heartRate))
        return session
    }
}

extension [StrapSession.Action] {
    var states: [String] { compactMap { if case .report(let state) = $0 { state.description } else { nil } } }
    var phases: [StrapState.Phase] { compactMap { if case .report(let state) = $0 { state.phase } else { nil } } }

    /// The deadline that stands after these actions: nil when they leave it alone, `.some(nil)` when there is none.
    var deadline: DeadlineSpec?? {
        var deadline: DeadlineSpec??
        for case .setDeadline(let wait) in self { deadline = .some(wait) }
        return deadline
    }
}
