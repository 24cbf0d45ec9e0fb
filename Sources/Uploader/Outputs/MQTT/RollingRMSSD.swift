import HeartRate
import Outbox

/// The RMSSD of the last minute: √(mean of the squared differences of successive RR intervals).
///
/// Only differences without a gap or an artefact between count. An interval that differs from the last accepted one by
/// more than a fifth is an artefact. There is no value with less than ``fewestDifferences``, and none with more than
/// one artefact in twenty intervals.
struct RollingRMSSD: Sendable {
    static let windowMilliseconds: Int64 = 60_000
    /// Of 20 beats.
    static let fewestDifferences = 19
    private static let largestStep = 0.2
    private static let largestArtefactShare = 0.05
    /// A packet that comes later than its intervals explain, by this much, comes after a gap.
    private static let gapMilliseconds: Int64 = 2_000

    private enum Step {
        case difference(squared: Double)
        case artefact
    }

    private var steps: [(at: Int64, step: Step)] = []
    /// The last accepted interval, in milliseconds. Nil at the beginning and after a gap.
    private var last: Double?
    private var lastAt: Int64?

    /// In milliseconds; nil without enough good beats.
    var milliseconds: Double? {
        var sum = 0.0
        var count = 0
        for (_, step) in steps {
            guard case .difference(let squared) = step else { continue }
            sum += squared
            count += 1
        }
        let artefacts = Double(steps.count - count)
        guard count >= Self.fewestDifferences, artefacts <= Self.largestArtefactShare * Double(steps.count) else {
            return nil
        }
        return (sum / Double(count)).squareRoot()
    }

    mutating func add(_ reading: Reading) {
        let at = reading.bootMilliseconds
        var intervals = reading.measurement.rrIntervals.map { Double($0) * 1000 / 1024 }
        let explained = Int64(intervals.reduce(0, +))
        if let lastAt, at - lastAt - explained > Self.gapMilliseconds { last = nil }
        lastAt = at
        // The first interval reaches back into the gap.
        if last == nil, !intervals.isEmpty { last = intervals.removeFirst() }
        for interval in intervals { add(interval, at: at) }
        steps.removeAll { $0.at <= at - Self.windowMilliseconds }
    }

    private mutating func add(_ interval: Double, at: Int64) {
        guard let last else { return }
        if abs(interval - last) > Self.largestStep * last {
            steps.append((at, .artefact))
            // A real change of the rate goes on: compare the next interval with this one.
            if let before = steps.dropLast().last, case .artefact = before.step { self.last = interval }
            return
        }
        steps.append((at, .difference(squared: (interval - last) * (interval - last))))
        self.last = interval
    }
}
