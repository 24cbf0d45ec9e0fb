public import HeartRate
import Timing

/// A heart that rests, warms up, works and recovers in a cycle, with one measurement a second.
///
/// Equal seeds give equal hearts. The RR intervals are the beats of that second, so their sum follows the clock and
/// their length the rate, with a little variability that shrinks as the rate rises.
public struct HeartRateScript: Sendable, Hashable {
    private enum Phase: CaseIterable {
        case rest, warmUp, effort, recovery

        var seconds: Int {
            switch self {
            case .rest: 60
            case .warmUp: 120
            case .effort: 180
            case .recovery: 120
            }
        }

        /// Where the rate goes to.
        var beatsPerMinute: Double {
            switch self {
            case .rest: 62
            case .warmUp: 120
            case .effort: 162
            case .recovery: 85
            }
        }
    }

    /// The rate nears its aim by this part of the distance each second.
    private static let approach = 0.03
    /// Kilojoules that one beat above rest costs, about.
    private static let kilojoulesPerBeat = 0.06
    /// Straps send the energy in one of ten packets.
    private static let packetsPerEnergy = 10

    private var random: SplitMix64
    private var second = 0
    private var beatsPerMinute: Double
    private var energyKilojoules = 0.0
    /// When the next beat comes, in 1/1024 s from the start of the next second.
    private var nextBeat = 300.0

    /// Makes a heart. Equal seeds give equal hearts.
    public init(seed: UInt64 = 1) {
        random = SplitMix64(seed: seed)
        beatsPerMinute = Phase.rest.beatsPerMinute + Double.random(in: -6...6, using: &random)
    }

    /// Resets the energy, as a write to the control point does.
    public mutating func resetEnergy() {
        energyKilojoules = 0
    }

    /// The measurement of the next second.
    public mutating func next() -> HeartRateMeasurement {
        let aim = phase.beatsPerMinute
        beatsPerMinute += (aim - beatsPerMinute) * Self.approach + Double.random(in: -0.8...0.8, using: &random)
        beatsPerMinute = min(max(beatsPerMinute, 45), 195)
        let intervals = beatsOfOneSecond()
        energyKilojoules += max(0, beatsPerMinute - 60) / 60 * Self.kilojoulesPerBeat
        second += 1
        return HeartRateMeasurement(
            beatsPerMinute: UInt16(beatsPerMinute.rounded()), contact: .detected,
            energyExpendedKilojoules: second % Self.packetsPerEnergy == 0 ? UInt16(min(energyKilojoules, 65535)) : nil,
            rrIntervals: intervals)
    }

    private var phase: Phase {
        var rest = second % Phase.allCases.reduce(0) { $0 + $1.seconds }
        for phase in Phase.allCases {
            if rest < phase.seconds { return phase }
            rest -= phase.seconds
        }
        return .rest
    }

    private mutating func beatsOfOneSecond() -> [UInt16] {
        var intervals: [UInt16] = []
        while nextBeat < 1024 {
            let mean = 60 * 1024 / beatsPerMinute
            let variability = mean * 0.04 * (60 / beatsPerMinute)
            let interval = mean + Double.random(in: -variability...variability, using: &random)
            intervals.append(UInt16(interval.rounded()))
            nextBeat += interval
        }
        nextBeat -= 1024
        return intervals
    }
}
