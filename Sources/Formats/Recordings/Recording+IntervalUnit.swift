import HRV

extension Recording {
    /// Whether the strap may send RR intervals in ms instead of 1/1024 s. Some do: then all are 2.3 % too short.
    package var mayHaveIntervalsInMilliseconds: Bool {
        intervalRateRatio.map { Self.ratiosOfMilliseconds.contains($0) } ?? false
    }

    /// The heart rate of the RR intervals divided by the one of the strap, over the packets that have both. Nil for too
    /// few beats.
    package var intervalRateRatio: Double? {
        var (expected, measured, count) = (0.0, 0.0, 0)
        for stretch in stretches {
            var rest = stretch.beats[...]
            for sample in stretch.samples {
                let beats = rest.prefix(Int(sample.beatCount))
                rest = rest.dropFirst(beats.count)
                guard !beats.isEmpty else { continue }
                let intervals = beats.reduce(0) { $0 + $1.intervalMilliseconds }
                let byRate = Double(beats.count) * 60_000 / Double(sample.beatsPerMinute)
                guard Self.plausibleRatios.contains(byRate / intervals) else { continue }
                expected += byRate
                measured += intervals
                count += beats.count
            }
        }
        return count < Self.leastBeats ? nil : expected / measured
    }

    /// The heart rate is rounded, and an average: it says nothing about a few beats.
    private static let leastBeats = 120
    /// An artefact is not compared.
    private static let plausibleRatios = 0.8...1.25
    /// 1024 / 1000, and what a rounded heart rate adds or takes.
    private static let ratiosOfMilliseconds = 1.015...1.033
}
