import Glibc
import HeartRate
import Timing

/// A simulated heart. Equal seeds give equal hearts.
///
/// The rate approaches that of the phase exponentially, faster up than down, as hearts do. Breathing moves it less
/// at a high rate. A random drift moves it too.
struct SimulatedHeart: Sendable {
    /// Within so long two thirds of the way are done.
    private static let riseSeconds = 25.0
    private static let fallSeconds = 45.0
    private static let breathSeconds = 4.5
    private static let bounds = 40.0...205.0

    private let phases: [SimulatedDay.Phase]
    private var random: SplitMix64
    private var seconds = 0.0
    private var level: Double
    /// What chance adds; it fades, and is renewed.
    private var drift = 0.0
    /// This heart's own height.
    private let offset: Double

    init(_ day: SimulatedDay, seed: UInt64) {
        phases = day.phases
        random = SplitMix64(seed: seed)
        offset = Double.random(in: -6...6, using: &random)
        level = min(day.phases[0].beatsPerMinute, 75) + offset
    }

    /// The rate so long after the one before.
    mutating func next(after step: Double) -> HeartRateMeasurement {
        seconds += step
        let aim = target + offset
        level += (aim - level) * (1 - exp(-step / (aim > level ? Self.riseSeconds : Self.fallSeconds)))
        drift = drift * exp(-step / 8) + Double.random(in: -0.6...0.6, using: &random)
        let breath = sin(seconds * 2 * .pi / Self.breathSeconds) * max(0, 1.5 - level / 100)
        let rate = min(max(level + drift + breath, Self.bounds.lowerBound), Self.bounds.upperBound)
        return HeartRateMeasurement(beatsPerMinute: UInt16(rate.rounded()), contact: .detected)
    }

    private var target: Double {
        var rest = seconds.truncatingRemainder(dividingBy: phases.reduce(0) { $0 + $1.seconds })
        for phase in phases {
            if rest < phase.seconds { return phase.beatsPerMinute }
            rest -= phase.seconds
        }
        return phases[0].beatsPerMinute
    }
}
