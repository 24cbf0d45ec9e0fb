import Outbox
import Timing

@testable import Verification

/// A matcher with a clock, and short words for what happens. The wall clock shows 1,000,000 ms more than the other.
struct MatcherBench {
    static let anna = Lane(strap: "anna", destination: "pulsoid")
    static let ben = Lane(strap: "ben", destination: "pulsoid")
    static let graceMilliseconds: Int64 = 5_000

    var matcher: DeliveryMatcher
    var now: Int64 = 0
    private(set) var results: [DeliveryMatcher.Result] = []

    init(
        members: [Lane: String] = [anna: "A", ben: "B"], lanes: Set<Lane> = [anna, ben], isPolling: Bool = false,
        asksHistory: Bool = false
    ) {
        matcher = DeliveryMatcher(
            lanes: lanes, members: members, grace: .milliseconds(Self.graceMilliseconds), isPolling: isPolling,
            asksHistory: asksHistory)
    }

    /// The reading of this number was measured in the second of this number, at a rate that follows from it.
    static func reading(_ id: Int64, _ lane: Lane = anna, isClockTrusted: Bool = true) -> AcknowledgedReading {
        AcknowledgedReading(
            id: id, lane: lane, measuredAtMilliseconds: 1_000_000 + id * 1000, beatsPerMinute: 60 + Int(id % 100),
            isClockTrusted: isClockTrusted)
    }

    mutating func open(inFlightAtOpen: [Int64] = [], of lane: Lane = anna) {
        matcher.opened(inFlightAtOpen: Set(inFlightAtOpen.map { PendingReading.Key(lane: lane, id: $0) }), at: now)
    }

    mutating func close() { matcher.closed() }

    mutating func acknowledge(_ ids: Int64..., of lane: Lane = anna, isClockTrusted: Bool = true) {
        for id in ids {
            results += matcher.acknowledged(Self.reading(id, lane, isClockTrusted: isClockTrusted), at: now)
        }
    }

    mutating func see(_ ids: Int64..., as member: String = "A") {
        for id in ids {
            let reading = Self.reading(id)
            results += matcher.see(
                Observation(
                    member: member, measuredAtMilliseconds: reading.measuredAtMilliseconds,
                    beatsPerMinute: reading.beatsPerMinute,
                    at: Moment(wallMilliseconds: 1_000_000 + now, bootMilliseconds: now)))
        }
    }

    mutating func pass(_ milliseconds: Int64) {
        now += milliseconds
        results += matcher.settle(at: now)
    }

    mutating func end() {
        matcher.end()
        results += matcher.settle(at: now, isEnd: true)
    }

    /// The last verdict on a reading.
    func verdict(_ id: Int64, of lane: Lane = anna) -> Verdict? {
        results.last { $0.reading.id == id && $0.reading.lane == lane }?.verdict
    }

    func isSeen(_ id: Int64, of lane: Lane = anna) -> Bool {
        if case .seen? = verdict(id, of: lane) { true } else { false }
    }

    func tally(_ lane: Lane = anna) -> VerificationTally { matcher.tally(of: lane) }
}
