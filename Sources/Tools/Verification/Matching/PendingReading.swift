package import Outbox

/// A reading that was acknowledged, until no more can be learnt about it.
package struct PendingReading: Sendable, Equatable {
    package struct Key: Sendable, Hashable {
        package let lane: Lane
        package let id: Int64

        package init(lane: Lane, id: Int64) {
            self.lane = lane
            self.id = id
        }
    }

    /// Whether the service had to show it here.
    enum Coverage: Sendable {
        /// The stream was open all the time.
        case live
        /// The stream was away when it may have been shown.
        case away
        /// It may have been shown before the stream opened first.
        case beforeWindow
        /// Only the latest reading is asked for.
        case overtakable
    }

    package let reading: AcknowledgedReading
    /// On the clock that never steps, in milliseconds.
    let acknowledgedAt: Int64
    var coverage: Coverage
    /// The verdict by which it was seen.
    package var seen: Verdict?
    /// Whether the hub's history was asked for it.
    var isAsked = false
    /// What the history says; nil while it has not.
    var isKept: Bool?
}

/// A reading of which the outbox says that the destination has acknowledged it.
package struct AcknowledgedReading: Sendable, Hashable {
    /// Its place in the outbox.
    package let id: Int64
    package let lane: Lane
    /// Milliseconds since the Unix epoch, as it was sent.
    package let measuredAtMilliseconds: Int64
    package let beatsPerMinute: Int
    /// Whether the uploader's clock was right when it was measured, or set right since.
    package var isClockTrusted = true
}
