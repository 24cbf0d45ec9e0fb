import HeartRate
import Timing

/// Broadcast mode: the device is heard in the scan and never connected to.
extension StrapSession {
    mutating func receiveBroadcasts(_ device: BlueZSnapshot.Device) -> [Action] {
        var link = newLink(to: device)
        link.isSubscribed = true
        return enter(.receivingBroadcast(link, .nothingYet), until: .exactly(StrapLimits.broadcastSilence))
            + [.receiveBroadcasts(device.path, attempt: link.attempt)]
    }

    /// What BlueZ shows of the device is at best the last broadcast: readings come from ``broadcastReceived(_:_:at:)``
    /// alone.
    mutating func observeBroadcaster(_ old: Link, _ hearing: Hearing, _ view: View) -> [Action] {
        guard let device = view.device else { return broadcastLost(old) }
        var link = old
        link.device = device
        state = .receivingBroadcast(link, hearing)
        return view.hasAlternative && wantsAnother ? passOver(link) : []
    }

    mutating func broadcastReceived(_ attempt: Int, _ broadcast: PolarBroadcast, at arrival: Moment) -> [Action] {
        guard case .receivingBroadcast(let link, let hearing) = state, link.attempt == attempt else { return [] }
        guard frames.isNew(broadcast, atMilliseconds: arrival.bootMilliseconds) else {
            // Off the skin there may be nothing new to say. A heart rate that is the same for ever is none.
            guard case .noHeartRate = hearing else { return [] }
            return [.setDeadline(.exactly(StrapLimits.broadcastSilence))]
        }
        let measurement = HeartRateMeasurement(broadcast)
        if measurement.isHeartRate { _ = settle(on: link.device) }
        return enter(
            .receivingBroadcast(link, Hearing(measurement)), until: .exactly(StrapLimits.broadcastSilence))
            + [.record(measurement, at: arrival)]
    }

    /// Searches again: another device may be the better one by now. A pause is not needed, because nothing is called.
    mutating func broadcastLost(_ link: Link) -> [Action] {
        lastFailure = .unheard(StrapLimits.broadcastSilence)
        if bound == nil { rejected.insert(link.device.address) }
        return endSubscription() + enter(.searching)
    }
}
